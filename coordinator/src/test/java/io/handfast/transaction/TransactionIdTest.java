package io.handfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionIdTest {

  private static final String LONGEST_NAME = "abcdefghijklmnopqrstuvwx";

  @ParameterizedTest
  @CsvSource({
    "n1, 0a1b2c3d, 1, 1",
    "orders-1, ffffffff, 35, 36",
    "-, 00000000, 1295, 46655",
    "abcdefghijklmnopqrstuvwx, 0a1b2c3d, 2821109907455, 9223372036854775807"
  })
  void theTextReadsBackToAnEqualId(String node, String log, long incarnation, long number) {
    TransactionId id = new TransactionId(node, log, incarnation, number);

    assertThat(TransactionId.parse(id.toString())).contains(id);
    assertThat(TransactionId.of(branch(TransactionId.FORMAT_ID, id.toString()))).contains(id);
  }

  @Test
  void theTextNamesNodeLogIncarnationAndNumber() {
    assertThat(new TransactionId("n1", "0a1b2c3d", 36, 71)).hasToString("n1.0a1b2c3d.10.1z");
  }

  @Test
  void theLongestTextFitsIntoABranchId() {
    TransactionId longest =
        new TransactionId(LONGEST_NAME, "ffffffff", 2_821_109_907_455L, Long.MAX_VALUE);

    assertThat(longest.toString()).hasSizeLessThanOrEqualTo(Xid.MAXGTRIDSIZE);
  }

  @Test
  void noIdStartsWithTheNameOfAnotherNodeAsOneWhole() {
    TransactionId ofN1 = new TransactionId("n1", "0a1b2c3d", 1, 1);
    TransactionId ofN10 = new TransactionId("n10", "0a1b2c3d", 1, 1);

    assertThat(ofN10.toString()).startsWith("n1").doesNotStartWith("n1.");
    assertThat(TransactionId.parse(ofN10.toString()))
        .hasValueSatisfying(id -> assertThat(id.node()).isEqualTo("n10"))
        .get()
        .isNotEqualTo(ofN1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n1",
        "n1.0a1b2c3d.1",
        "n1.0a1b2c3d.1.1.1",
        "n1.0a1b2c3d..1",
        ".0a1b2c3d.1.1",
        "N1.0a1b2c3d.1.1",
        "n_1.0a1b2c3d.1.1",
        "abcdefghijklmnopqrstuvwxy.0a1b2c3d.1.1",
        "n1.0a1b2c3.1.1",
        "n1.0a1b2c3g.1.1",
        "n1.0A1B2C3D.1.1",
        "n1.0a1b2c3d.-1.1",
        "n1.0a1b2c3d.1.zzzzzzzzzzzzz",
        "n1.0a1b2c3d.1.1 ",
        "n1.0a1b2c3d.1.1\n",
        "n1.0a1b2c3d.1.\u0661"
      })
  void garbageIsNotAnId(String text) {
    assertThat(TransactionId.parse(text)).isEmpty();
  }

  @Test
  void aBranchOfAnotherFormatBelongsToNobodyHere() {
    assertThat(TransactionId.of(branch(0x1234, "n1.0a1b2c3d.1.1"))).isEmpty();
  }

  @Test
  void aBranchWhoseBytesAreNotTextBelongsToNobodyHere() {
    byte[] bytes = "n1.0a1b2c3d.1.1".getBytes(StandardCharsets.US_ASCII);
    bytes[0] = (byte) 0xFE;

    assertThat(TransactionId.of(branch(TransactionId.FORMAT_ID, bytes))).isEmpty();
  }

  private static Xid branch(int format, String gtrid) {
    return branch(format, gtrid.getBytes(StandardCharsets.US_ASCII));
  }

  private static Xid branch(int format, byte[] gtrid) {
    return new FakeXid(format, gtrid, new byte[] {1});
  }
}

package io.handfast.log;

import static io.handfast.log.LogFixture.BOTH;
import static io.handfast.log.LogFixture.copy;
import static io.handfast.log.LogFixture.endOfRecords;
import static io.handfast.log.LogFixture.file;
import static io.handfast.log.LogFixture.id;
import static io.handfast.log.LogFixture.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.log.DecisionLog.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash may leave behind is taken; what it may not is refused. */
class DamagedLogTest {

  private static final int DECISIONS = 3;

  @TempDir Path directory;

  /** The files as a kill leaves them, with so many decisions of which the last may be torn. */
  private Path killed(int decisions) throws IOException {
    Path log = directory.resolve("log");
    Path killed = directory.resolve("killed");
    try (FileDecisionLog open = open(log)) {
      for (int number = 1; number <= decisions; number++) {
        open.decide(id(number), BOTH);
      }
      copy(log, killed);
    }
    return killed;
  }

  private static void assertThatTheLastIsDroppedOrWhole(Path torn, int tornAt) {
    boolean isThere;
    try (FileDecisionLog log = open(torn)) {
      assertThat(log.decisionOf(id(1))).as("torn at %d", tornAt).isEqualTo(Verdict.COMMIT);
      assertThat(log.decisionOf(id(2))).as("torn at %d", tornAt).isEqualTo(Verdict.COMMIT);
      isThere = log.decisionOf(id(3)) == Verdict.COMMIT;
      assertThat(log.isCertain()).isTrue();
    }
    try (FileDecisionLog log = open(torn)) {
      assertThat(log.decisionOf(id(3)) == Verdict.COMMIT)
          .as("torn at %d, the start after", tornAt)
          .isEqualTo(isThere);
    }
  }

  /** A file as it was, and where its last record is. */
  private record Tail(Path killed, String file, byte[] bytes, int begin, int end) {}

  private Tail tail() throws IOException {
    Path killed = killed(DECISIONS);
    Path file = file(killed);
    byte[] bytes = Files.readAllBytes(file);
    int end = endOfRecords(bytes);
    int begin = Segment.HEADER_BYTES;
    int next = begin;
    while (next < end) {
      begin = next;
      next += Segment.frame(ByteBuffer.wrap(bytes).getInt(begin));
    }
    return new Tail(killed, killed.relativize(file).toString(), bytes, begin, end);
  }

  private Path with(Tail tail, int at, byte[] bytes) throws IOException {
    Path torn = copy(tail.killed(), directory.resolve("torn-" + at));
    Files.write(torn.resolve(tail.file()), bytes);
    return torn;
  }

  @Test
  void aLastRecordThatIsNotWrittenFromAnyByteOnIsDropped() throws IOException {
    Tail tail = tail();
    for (int at = tail.begin(); at < tail.end(); at++) {
      byte[] zeroed = tail.bytes().clone();
      Arrays.fill(zeroed, at, tail.end(), (byte) 0);
      assertThatTheLastIsDroppedOrWhole(with(tail, at, zeroed), at);
    }
  }

  @Test
  void aLastRecordThatIsGarbageFromAnyByteOnIsDropped() throws IOException {
    Tail tail = tail();
    Random random = new Random(4);
    for (int at = tail.begin(); at < tail.end(); at++) {
      byte[] garbage = new byte[tail.end() - at];
      random.nextBytes(garbage);
      byte[] bytes = tail.bytes().clone();
      System.arraycopy(garbage, 0, bytes, at, garbage.length);
      assertThatTheLastIsDroppedOrWhole(with(tail, at, bytes), at);
    }
  }

  /** Some bytes between frames mean nothing. */
  @Test
  void aFlippedBitInAnyByteBeforeTheLastRecordIsRefusedWithTheFileOrChangesNothing()
      throws IOException {
    Tail tail = tail();
    int refused = 0;
    for (int at = 0; at < tail.begin(); at++) {
      byte[] flipped = tail.bytes().clone();
      flipped[at] ^= 1 << at % Byte.SIZE;
      try (FileDecisionLog log = open(with(tail, at, flipped))) {
        assertThat(log.unconfirmed())
            .as("flipped in byte %d", at)
            .containsOnlyKeys(id(1), id(2), id(3));
      } catch (IllegalStateException e) {
        refused++;
        assertThat(e)
            .as("flipped in byte %d", at)
            .hasMessageContaining(Segment.NAME)
            .hasMessageContaining("handfast.data-directory");
      }
    }
    assertThat(refused).isGreaterThan(tail.begin() * 3 / 4);
  }

  @Test
  void aFlippedBitInAnyRecordOfALogThatWasClosedInOrderIsRefused() throws IOException {
    Path log = directory.resolve("log");
    try (FileDecisionLog open = open(log)) {
      open.decide(id(1), BOTH);
    }
    Path file = file(log);
    byte[] bytes = Files.readAllBytes(file);
    int at = indexOf(bytes, id(1).toString());
    bytes[at] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(() -> open(log))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("of " + file.getFileName() + " does not match its checksum");
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  @Test
  void aFileThatIsCutOffAnywhereIsRefused() throws IOException {
    Tail tail = tail();
    for (int at = 0; at < tail.bytes().length; at += 97) {
      Path cut = with(tail, at, Arrays.copyOf(tail.bytes(), at));

      assertThatThrownBy(() -> open(cut))
          .as("cut off at %d", at)
          .isInstanceOf(DamagedLogException.class)
          .hasMessageContaining("is cut off");
    }
  }

  @Test
  void aFileThatIsCutOffAfterItWasLengthenedIsRefused() throws IOException {
    Path killed = killed(400);
    byte[] bytes = Files.readAllBytes(file(killed));
    assertThat(bytes).hasSizeGreaterThan(2 * LogFixture.SMALL.ahead());
    Files.write(file(killed), Arrays.copyOf(bytes, LogFixture.SMALL.ahead() + 1000));

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("is cut off at byte " + (LogFixture.SMALL.ahead() + 1000));
  }

  @Test
  void zerosThatWereNotAllWrittenWhenTheProcessWasKilledAreTaken() throws IOException {
    Path killed = killed(3);
    byte[] bytes = Files.readAllBytes(file(killed));
    Files.write(file(killed), Arrays.copyOf(bytes, bytes.length + 1000));

    try (FileDecisionLog log = open(killed)) {
      assertThat(log.unconfirmed()).hasSize(3);
    }
  }

  @Test
  void aLostMiddleIsRefused() throws IOException {
    Path killed = killed(600);
    Path file = file(killed);
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 4096, 8192, (byte) 0);
    Files.write(file, bytes);

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("is followed by a hole");
  }

  @Test
  void aFileThatIsNoLogIsRefused() throws IOException {
    Path killed = killed(1);
    byte[] bytes = Files.readAllBytes(file(killed));
    bytes[0] = 'X';
    Files.write(file(killed), bytes);

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("does not begin as a decision log does");
  }

  @Test
  void aLostGenerationIsRefused() throws IOException {
    Path killed = killed(1);
    Files.delete(file(killed));
    Files.delete(killed.resolve("generation-1"));

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("generation-1, which is not there");
  }

  @Test
  void aLostPointerIsRefusedWhereDecisionsWereMade() throws IOException {
    Path killed = killed(1);
    Files.delete(killed.resolve("current.properties"));

    assertThatThrownBy(() -> open(killed)).isInstanceOf(DamagedLogException.class);
  }

  @Test
  void aFirstStartThatCrashedBeforeItsLogWasInForceIsBegunAgain() throws IOException {
    Path killed = killed(0);
    Files.delete(killed.resolve("current.properties"));

    try (FileDecisionLog log = open(killed)) {
      assertThat(log.identity().start()).isEqualTo(1);
    }
  }

  @Test
  void aStartThatCrashedBeforeItsGenerationWasInForceLeavesTheOneBefore() throws IOException {
    Path killed = killed(2);
    copy(killed.resolve("generation-1"), killed.resolve("generation-2"));
    Files.write(file(killed.resolve("generation-2")), new byte[100]);

    try (FileDecisionLog log = open(killed)) {
      assertThat(log.unconfirmed()).containsOnlyKeys(id(1), id(2));
      assertThat(killed.resolve("generation-1")).doesNotExist();
    }
  }

  @Test
  void aNewerFormatIsRefusedWhereverItSaysSo() throws IOException {
    Path killed = killed(1);
    Path pointer = killed.resolve("current.properties");
    String present = Files.readString(pointer);
    Files.writeString(pointer, present.replace("format=5", "format=6"));

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(NewerFormatException.class)
        .hasMessageContaining("newer Handfast");

    Files.writeString(pointer, present);
    Path file = file(killed);
    byte[] bytes = Files.readAllBytes(file);
    bytes[11] = 6;
    Files.write(file, bytes);

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(NewerFormatException.class)
        .hasMessageContaining(file.getFileName().toString());
  }

  @Test
  void aPointerThatSaysNothingIsRefused() throws IOException {
    Path killed = killed(1);
    Files.writeString(killed.resolve("current.properties"), "generation=\n");

    assertThatThrownBy(() -> open(killed))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("current.properties");
  }
}

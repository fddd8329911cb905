package io.handfast.transaction;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.transaction.xa.Xid;

/** A branch id as a participant lists it: three values, and nothing that tells where it is from. */
public record FakeXid(int formatId, byte[] gtrid, byte[] bqual) implements Xid {

  /** The branch of a transaction at a participant. */
  public static FakeXid of(TransactionId id, String participant) {
    return new FakeXid(
        TransactionId.FORMAT_ID,
        id.toString().getBytes(StandardCharsets.US_ASCII),
        participant.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public int getFormatId() {
    return formatId;
  }

  @Override
  public byte[] getGlobalTransactionId() {
    return gtrid.clone();
  }

  @Override
  public byte[] getBranchQualifier() {
    return bqual.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FakeXid xid
        && formatId == xid.formatId
        && Arrays.equals(gtrid, xid.gtrid)
        && Arrays.equals(bqual, xid.bqual);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(gtrid) + Arrays.hashCode(bqual);
  }

  @Override
  public String toString() {
    return new String(gtrid, StandardCharsets.US_ASCII);
  }
}

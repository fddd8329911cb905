package io.handfast.participant;

import java.util.Arrays;
import javax.transaction.xa.Xid;

/**
 * A branch id of three values, equal to any other of the same values.
 *
 * <p>The ids that drivers list after a crash are tied to a connection (H2) or unequal to the ids
 * that were prepared; this one can be kept and compared.
 */
public record PlainXid(int formatId, byte[] gtrid, byte[] bqual) implements Xid {

  /** The values of another id. */
  public static PlainXid of(Xid xid) {
    return new PlainXid(xid.getFormatId(), xid.getGlobalTransactionId(), xid.getBranchQualifier());
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
    return other instanceof Xid xid
        && formatId == xid.getFormatId()
        && Arrays.equals(gtrid, xid.getGlobalTransactionId())
        && Arrays.equals(bqual, xid.getBranchQualifier());
  }

  @Override
  public int hashCode() {
    return 31 * (31 * formatId + Arrays.hashCode(gtrid)) + Arrays.hashCode(bqual);
  }

  @Override
  public String toString() {
    return BranchText.of(this);
  }
}

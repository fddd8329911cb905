package io.handfast.database;

import io.handfast.participant.BranchText;
import java.util.Arrays;
import java.util.Base64;
import javax.transaction.xa.Xid;

/**
 * A branch id that is nothing but its three values, equal to any other of the same values.
 *
 * <p>The ids that drivers list after a crash are tied to a connection (H2) or unequal to the ids
 * that were prepared; this one can be kept and compared.
 */
record PlainXid(int formatId, byte[] gtrid, byte[] bqual) implements Xid {

  private static final String H2_PREFIX = "XID";

  static PlainXid of(Xid xid) {
    return new PlainXid(xid.getFormatId(), xid.getGlobalTransactionId(), xid.getBranchQualifier());
  }

  /** Reads the name under which H2 keeps a branch, {@code XID|format|bqual|gtrid} in base 64. */
  static PlainXid ofH2Name(String name) {
    String[] parts = name.split("\\|", -1);
    if (parts.length != 4 || !parts[0].equals(H2_PREFIX)) {
      throw new IllegalArgumentException("not the name of a branch: " + name);
    }
    Base64.Decoder base64 = Base64.getUrlDecoder();
    return new PlainXid(
        Integer.parseInt(parts[1]), base64.decode(parts[3]), base64.decode(parts[2]));
  }

  /**
   * The name under which H2's own XA driver keeps a branch, so that either recovers the other's.
   */
  static String h2Name(Xid xid) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return String.join(
        "|",
        H2_PREFIX,
        Integer.toString(xid.getFormatId()),
        base64.encodeToString(xid.getBranchQualifier()),
        base64.encodeToString(xid.getGlobalTransactionId()));
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

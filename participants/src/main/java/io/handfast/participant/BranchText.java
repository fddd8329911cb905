package io.handfast.participant;

import java.util.HexFormat;
import javax.transaction.xa.Xid;

/** Converts a branch's id to one word and back. */
public final class BranchText {

  private BranchText() {}

  /** The id as {@code formatId-hexGtrid-hexBqual}. */
  public static String of(Xid branch) {
    HexFormat hex = HexFormat.of();
    return branch.getFormatId()
        + "-"
        + hex.formatHex(branch.getGlobalTransactionId())
        + "-"
        + hex.formatHex(branch.getBranchQualifier());
  }
}

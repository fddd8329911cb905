package io.handfast.recovery;

import io.handfast.transaction.TransactionId;
import java.time.Instant;
import java.util.HexFormat;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * A prepared branch that a scan has left as it is.
 *
 * @param transaction null where the branch is not Handfast's
 * @param xid the branch's id as {@code formatId-hexGtrid-hexBqual}
 * @param seen when this process first saw it
 */
public record InDoubtBranch(
    @Nullable TransactionId transaction,
    String xid,
    String participant,
    Instant seen,
    Decision decision,
    SafeAction safeAction) {

  /** What the log of this node says about the branch. */
  public enum Decision {
    COMMIT,
    ROLLBACK,
    UNKNOWN
  }

  /** What a person may do about the branch without breaking a promise. */
  public enum SafeAction {
    COMMIT,
    ROLLBACK,
    /** It is being worked on, or its log is elsewhere. */
    WAIT,
    /** Nothing: it belongs to somebody else. */
    NONE
  }

  /** A branch's id in one word. */
  static String textOf(Xid branch) {
    HexFormat hex = HexFormat.of();
    return branch.getFormatId()
        + "-"
        + hex.formatHex(branch.getGlobalTransactionId())
        + "-"
        + hex.formatHex(branch.getBranchQualifier());
  }
}

package io.handfast.event;

import io.handfast.transaction.TransactionId;

/** What has happened; each record is published once, by the code that does it. */
public sealed interface Event {

  /** Recovery has ended a branch, as the decision log has it. */
  record BranchRecovered(TransactionId transaction, String participant, boolean isCommitted)
      implements Event {

    /** What was done with the branch, by its name on the wire. */
    public String action() {
      return isCommitted ? "commit" : "rollback";
    }
  }

  /**
   * A group of records of the decision log is on disk; those that begin a generation are not told.
   *
   * @param records how many records it had, those included that would not have been waited for
   * @param nanos how long the disk took for it
   */
  record LogForced(int records, long nanos) implements Event {}
}

package io.handfast.log;

import io.handfast.node.NodeIdentity;
import io.handfast.transaction.TransactionId;

/** What one record of the journal says. */
sealed interface LogRecord {

  /**
   * The first record of a generation: whose log it is, and at which start.
   *
   * @param decisions how many decisions of the generation before follow at once
   */
  record Header(NodeIdentity identity, int decisions) implements LogRecord {}

  /** A transaction is committed. */
  record Decided(LoggedDecision decision) implements LogRecord {}

  /** Every participant has confirmed a decision. Never forced: it may come back after a crash. */
  record Ended(TransactionId id) implements LogRecord {}

  /** The log was closed in order, so everything before is on disk. */
  record Closed() implements LogRecord {}
}

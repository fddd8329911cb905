package io.handfast.log;

import io.handfast.node.NodeIdentity;
import io.handfast.transaction.TransactionId;
import java.time.Instant;

/** The records of the log. */
sealed interface LogRecord {

  /**
   * The first record of a generation: whose log it is, and at which start.
   *
   * @param records how many records follow at once that add up to the generation before
   */
  record Header(NodeIdentity identity, int records) implements LogRecord {}

  /** A transaction is committed. */
  record Decided(LoggedDecision decision) implements LogRecord {}

  /** A client has begun a transaction under a name of its own. */
  record Named(String name, TransactionId id, Instant at) implements LogRecord {}

  /** A service takes part in a transaction, at this address from now on. */
  record Joined(RemoteBranch branch) implements LogRecord {}

  /** A service knows the outcome. Never forced: it may be told again after a crash. */
  record Left(TransactionId id, String participant) implements LogRecord {}

  /** Outcomes of clients' transactions up to this one, of its incarnation, may be gone. */
  record Forgotten(TransactionId id) implements LogRecord {}

  /** Every participant has confirmed a decision. Never forced: it may come back after a crash. */
  record Ended(TransactionId id) implements LogRecord {}

  /** The log was closed in order, so everything before is on disk. */
  record Closed() implements LogRecord {}
}

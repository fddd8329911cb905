package io.handfast.simulation;

import io.handfast.commit.SmallTransactions;
import io.handfast.commit.Transactions;
import io.handfast.database.Database;
import io.handfast.log.ClientLog;
import io.handfast.log.DecisionLog;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.Retention;
import io.handfast.message.Broker;
import io.handfast.message.SourceConnector;
import io.handfast.transaction.ActiveTransactions;
import java.time.Duration;

/** What keeps messages from being lost or doubled, piece by piece; a test takes one of them out. */
class Safeguards {

  /** All of them. */
  static final Safeguards ALL = new Safeguards();

  Broker broker(Broker broker) {
    return broker;
  }

  SourceConnector topics(SourceConnector topics) {
    return topics;
  }

  Database database(Database database) {
    return database;
  }

  /** The database whose marker a unit asks when the reply to its commit is lost. */
  Database askedForReply(Database database) {
    return database;
  }

  /** The database whose marker recovery asks. */
  Database askedByRecovery(Database database) {
    return database;
  }

  Transactions engine(FileDecisionLog log, ActiveTransactions active) {
    return new SmallTransactions(log, active);
  }

  /** The log that recovery judges branches by. */
  DecisionLog recoveryLog(FileDecisionLog log) {
    return log;
  }

  /** The log that tells the protocol how a commit ended. */
  DecisionLog protocolLog(FileDecisionLog log) {
    return log;
  }

  /** What recovery is to leave alone. */
  ActiveTransactions activeForRecovery(ActiveTransactions active) {
    return active;
  }

  /** What keeps clients' names for their transactions. */
  ClientLog clientLog(FileDecisionLog log) {
    return log;
  }

  /** For how long outcomes are kept for clients. */
  Retention retention(Retention retention) {
    return retention;
  }

  /** For how long the ids of messages are kept. */
  Duration keep(Duration keep) {
    return keep;
  }

  /** Whether a slot that is taken over gets another term. */
  boolean isTermRaised() {
    return true;
  }

  /** Whether the move of a position sees that it was taken, and where it is. */
  boolean arePositionsCompared() {
    return true;
  }

  /** Whether a force of the disk forces. */
  boolean isForced() {
    return true;
  }
}

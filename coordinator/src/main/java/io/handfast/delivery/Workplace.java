package io.handfast.delivery;

import io.handfast.commit.Transactions;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.database.Database;
import io.handfast.database.StatementProblem;
import io.handfast.delivery.DeliverySpecification.Sink;
import io.handfast.log.DecisionLog;
import io.handfast.message.Broker;
import io.handfast.node.Participants;
import io.handfast.recovery.Recovery;
import jakarta.jms.JMSException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What all deliveries of this node work with: participants, the protocol's engine, and recovery.
 *
 * @param transactions the engine of two-phase commit
 * @param log what the engine decided
 */
record Workplace(
    Participants participants,
    Transactions transactions,
    DecisionLog log,
    Recovery recovery,
    Clock clock) {

  Protocol protocolOf(DeliverySpecification specification) {
    return new TwoPhaseCommit(transactions, log)::run;
  }

  Lane openLane(String name, DeliverySpecification specification)
      throws JMSException, SQLException {
    return Lane.openXa(
        name, specification, clock, participants.broker(), databaseOf(specification));
  }

  /** The names of the participants of a delivery. */
  List<String> participantsOf(DeliverySpecification specification) {
    Database database = databaseOf(specification);
    return database == null ? List.of(Broker.NAME) : List.of(Broker.NAME, database.name());
  }

  private @Nullable Database databaseOf(DeliverySpecification specification) {
    Sink sink = specification.sink();
    return sink == null ? null : participants.database(sink.database()).orElseThrow();
  }

  /**
   * Checks what only the participants know.
   *
   * @throws InvalidDeliveryException with every violation
   * @throws SQLException the database cannot be asked now
   */
  void check(DeliverySpecification specification) throws InvalidDeliveryException, SQLException {
    Sink sink = specification.sink();
    if (sink == null) {
      return;
    }
    List<Violation> violations = new ArrayList<>();
    Database database = participants.database(sink.database()).orElse(null);
    if (database == null) {
      violations.add(
          new Violation(
              "sink.database",
              sink.database(),
              "a database of the configuration: " + participants.databaseNames()));
    } else {
      checkPrepared(specification, database, violations);
      checkStatements(sink, database, violations);
    }
    if (!violations.isEmpty()) {
      throw new InvalidDeliveryException(violations);
    }
  }

  private static void checkPrepared(
      DeliverySpecification specification, Database database, List<Violation> violations)
      throws SQLException {
    OptionalInt limit = database.maxPreparedTransactions();
    if (limit.isPresent() && limit.getAsInt() < specification.consumers()) {
      violations.add(
          new Violation(
              "sink.database",
              "max_prepared_transactions = " + limit.getAsInt(),
              ("two-phase commit needs one prepared transaction for each consumer: set max_prepared_transactions = %d or more in postgresql.conf (the sum of all consumers of all nodes, with room to spare) and restart PostgreSQL, then resume the delivery")
                  .formatted(Math.max(100, 2 * specification.consumers()))));
    }
  }

  private static void checkStatements(Sink sink, Database database, List<Violation> violations)
      throws SQLException {
    for (StatementProblem problem : database.verify(sink.statements())) {
      violations.add(
          new Violation(
              "sink.statements[" + problem.index() + "]",
              sink.statements().get(problem.index()).sql(),
              "a statement that the database can prepare: " + problem.reason()));
    }
  }
}

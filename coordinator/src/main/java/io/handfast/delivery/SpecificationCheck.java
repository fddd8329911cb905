package io.handfast.delivery;

import io.handfast.database.Database;
import io.handfast.database.StatementProblem;
import io.handfast.input.Violation;
import io.handfast.message.BrokerException;
import io.handfast.message.Prefetch;
import io.handfast.message.Refusal;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import io.handfast.participant.Secrets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks the participants whether a delivery can work as it is specified.
 *
 * @param admission has a say in which deliveries may work
 */
record SpecificationCheck(Participants participants, Admission admission) {

  /**
   * Checks what only the participants know.
   *
   * @throws InvalidDeliveryException with every violation
   * @throws SQLException the database cannot be asked now
   * @throws BrokerException the broker cannot be asked now
   */
  void require(String name, DeliverySpecification specification)
      throws InvalidDeliveryException, SQLException, BrokerException {
    List<Violation> violations = violations(name, specification);
    if (!violations.isEmpty()) {
      throw new InvalidDeliveryException(violations);
    }
  }

  /** What the participants have against a delivery; of the queues it names, creates what is not. */
  List<Violation> violations(String name, DeliverySpecification specification)
      throws SQLException, BrokerException {
    List<Violation> violations = databaseViolations(name, specification);
    if (violations.isEmpty()) {
      checkQueues(specification, violations);
    }
    return violations;
  }

  /**
   * Copies go back to the source, to the dead letters and to where messages are forwarded. Found
   * out with the first bad message, a queue that cannot take them would hold up all others.
   */
  private void checkQueues(DeliverySpecification specification, List<Violation> violations)
      throws BrokerException {
    Map<String, @Nullable String> queues = new LinkedHashMap<>();
    queues.put("source.queue", specification.source().queue());
    queues.put("forward.queue", specification.forward());
    queues.put("deadLetter.queue", specification.deadLetter());
    for (Map.Entry<String, @Nullable String> queue : queues.entrySet()) {
      String name = queue.getValue();
      boolean isSource = name != null && name.equals(specification.source().queue());
      String problem = name == null ? null : participants.broker().targetProblem(name, !isSource);
      if (problem != null) {
        violations.add(new Violation(queue.getKey(), name, problem));
      }
    }
  }

  private List<Violation> databaseViolations(String name, DeliverySpecification specification)
      throws SQLException {
    List<Violation> violations = new ArrayList<>();
    String databaseName = specification.databaseName();
    if (databaseName == null) {
      return violations;
    }
    Database database = participants.database(databaseName).orElse(null);
    if (database == null) {
      violations.add(
          new Violation(
              "sink.database",
              databaseName,
              "a database of the configuration: " + participants.databaseNames()));
      return violations;
    }
    violations.addAll(admission.violations(name, specification, database));
    if (specification.sink() != null) {
      checkStatements(specification.sink(), database, violations);
    }
    if (specification.isIdempotency()) {
      checkTable(databaseName, database, "handfast_inbox", violations);
    } else if (specification.isLocalCommit()) {
      checkTable(databaseName, database, "handfast_marker", violations);
    }
    return violations;
  }

  /** Sees that the table of the protocol is there, or can be created, and can be written. */
  private static void checkTable(
      String databaseName, Database database, String table, List<Violation> violations)
      throws SQLException {
    boolean isInbox = table.equals("handfast_inbox");
    try {
      if (isInbox) {
        database.createInbox();
      } else {
        database.createMarker();
      }
    } catch (SQLException e) {
      if (database.isReadOnly(e)) {
        violations.add(
            new Violation(
                "sink.database",
                databaseName,
                "a database that takes changes, and no replica: " + e.getMessage()));
        return;
      }
      if (!database.isForbidden(e)) {
        throw e;
      }
      violations.add(
          new Violation(
              "protocol",
              isInbox ? "idempotency" : "local-commit",
              "a database user that may create the table %s, or read and write it (%s): grant that, or set handfast.database.\"%s\".schema to a schema of its own"
                  .formatted(table, e.getMessage(), databaseName)));
    }
  }

  private static void checkStatements(
      DeliverySpecification.Sink sink, Database database, List<Violation> violations)
      throws SQLException {
    for (StatementProblem problem : database.verify(sink.statements())) {
      violations.add(
          new Violation(
              "sink.statements[" + problem.index() + "]",
              sink.statements().get(problem.index()).sql(),
              "a statement that the database can prepare: " + problem.reason()));
    }
  }

  /**
   * Sees to it that from now on no message of a topic is missed, and that the broker takes the
   * source.
   *
   * @throws InvalidDeliveryException the broker refuses the source
   * @throws BrokerException the broker cannot be told to subscribe to the topic
   */
  void subscribe(Source source) throws InvalidDeliveryException, BrokerException {
    Optional<Refusal> refusal;
    try (SourceSession session = participants.broker().openLocal(Prefetch.ON_DEMAND)) {
      refusal = session.refusalOf(source);
    } catch (BrokerException e) {
      if (source.topic() != null) {
        throw e;
      }
      return; // messages of a queue wait there, and the delivery says why it does
    }
    if (refusal.isPresent()) {
      throw new InvalidDeliveryException(List.of(violation(source, refusal.get())));
    }
  }

  private static Violation violation(Source source, Refusal refusal) {
    String rule = "one that the broker takes: " + Secrets.hidden(refusal.reason());
    return switch (refusal.part()) {
      case SELECTOR -> new Violation("source.selector", source.selector(), rule);
      case SUBSCRIPTION -> new Violation("source.subscription", source.subscription(), rule);
      case DESTINATION, RIGHT ->
          source.queue() != null
              ? new Violation("source.queue", source.queue(), rule)
              : new Violation("source.topic", source.topic(), rule);
    };
  }
}

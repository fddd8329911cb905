package io.handfast.delivery;

import io.handfast.database.Database;
import io.handfast.database.StatementProblem;
import io.handfast.database.StatementTemplate;
import io.handfast.input.Violation;
import io.handfast.message.BrokerException;
import io.handfast.message.Prefetch;
import io.handfast.message.Refusal;
import io.handfast.message.Source;
import io.handfast.message.SourceConnector;
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
    if (violations.isEmpty() && specification.usesBroker()) {
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
    if (specification.isOfBroker()) { // else its dead letters are in a table
      queues.put("deadLetter.queue", specification.deadLetter());
    }
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
    for (OwnTable table : OwnTable.of(specification)) {
      table.check(databaseName, database, specification, violations);
    }
    return violations;
  }

  private static void checkStatements(
      DeliverySpecification.Sink sink, Database database, List<Violation> violations)
      throws SQLException {
    checkStatements("sink.statements", sink.statements(), database, violations);
    checkStatements("sink.onNull", sink.onNull(), database, violations);
  }

  private static void checkStatements(
      String member,
      List<StatementTemplate> statements,
      Database database,
      List<Violation> violations)
      throws SQLException {
    for (StatementProblem problem : database.verify(statements)) {
      violations.add(
          new Violation(
              member + "[" + problem.index() + "]",
              statements.get(problem.index()).sql(),
              "a statement that the database can prepare: " + problem.reason()));
    }
  }

  /**
   * Sees to it that from now on no message of a topic is missed, and that the source is taken.
   *
   * @throws InvalidDeliveryException the source is refused
   * @throws BrokerException the broker cannot be told to subscribe to the topic
   */
  void subscribe(Source source) throws InvalidDeliveryException, BrokerException {
    Optional<Refusal> refusal;
    SourceConnector sources = participants.sources().of(source);
    try (SourceSession session =
        source.isPositioned() ? sources.openPositioned() : sources.openLocal(Prefetch.ON_DEMAND)) {
      refusal = session.refusalOf(source);
    } catch (BrokerException e) {
      if (source.subscription() != null) {
        throw e;
      }
      return; // messages wait where they are, and the delivery says why it does
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
      case DESTINATION, RIGHT -> new Violation(memberOf(source), source.name(), rule);
    };
  }

  private static String memberOf(Source source) {
    if (source.isPositioned()) {
      return "source.kafka.topic";
    }
    if (source.isLeased()) {
      return "source.sqs.queue";
    }
    return source.queue() != null ? "source.queue" : "source.topic";
  }
}

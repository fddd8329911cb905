package io.handfast.delivery;

import io.handfast.commit.Transactions;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.coordination.ClientTransactions;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.StatementProblem;
import io.handfast.event.Events;
import io.handfast.event.Subscriber;
import io.handfast.event.TraceContext;
import io.handfast.input.Violation;
import io.handfast.log.DecisionLog;
import io.handfast.message.Broker;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.Intake;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.MessageHeaders;
import io.handfast.message.QueueState;
import io.handfast.message.Refusal;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.message.UnusableMessageException;
import io.handfast.node.Participants;
import io.handfast.participant.Secrets;
import io.handfast.recovery.Recovery;
import io.handfast.transaction.Causes;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What all deliveries of this node work with: participants, the protocol's engine, and recovery.
 *
 * @param transactions the engine of two-phase commit
 * @param log what the engine decided
 * @param failures failed applications of messages that stay in their queue
 * @param events is told what happens to units
 * @param traces says how traces go on in what units send
 * @param admission has a say in which deliveries may work
 */
record Workplace(
    Participants participants,
    Transactions transactions,
    DecisionLog log,
    Recovery recovery,
    Failures failures,
    ClientTransactions clientTransactions,
    Admission admission,
    Events events,
    TraceContext traces,
    Clock clock) {

  private static final Logger LOG = Logger.getLogger(Workplace.class);

  /** The same, with one more subscriber. */
  Workplace watchedBy(Subscriber subscriber) {
    return new Workplace(
        participants,
        transactions,
        log,
        recovery,
        failures,
        clientTransactions,
        admission,
        events.and(subscriber),
        traces,
        clock);
  }

  Protocol protocolOf(DeliverySpecification specification) {
    return switch (specification.guarantee()) {
      case AT_MOST_ONCE -> new AtMostOnce();
      case AT_LEAST_ONCE -> new AtLeastOnce();
      case EXACTLY_ONCE ->
          specification.isIdempotency()
              ? new Idempotency()
              : new TwoPhaseCommit(transactions, log)::run;
    };
  }

  Lane openLane(
      String name,
      DeliverySpecification specification,
      InboxState inboxState,
      Intake intake,
      @Nullable Handler handler,
      UnitEvents events)
      throws BrokerException, SQLException {
    Database database = databaseOf(specification);
    Broker broker = participants.broker();
    UnitSessions sessions = UnitSessions.open(specification, broker, intake, database);
    DatabaseSession rows = sessions.database();
    boolean usesInbox = specification.isIdempotency() && rows != null;
    SetAside setAside = new SetAside(name, specification, failures, clock);
    Sink sink = sinkOf(specification, rows, setAside.suspects());
    if (handler != null) {
      sink = new HandledSink(sink, handler, setAside, clientTransactions, sessions, events);
    }
    return new Lane(
        specification,
        sessions,
        sink,
        setAside,
        usesInbox ? rows.inbox(name) : null,
        inboxState,
        events);
  }

  /** The pull style of a delivery. */
  Pull pull(Delivery delivery) {
    SetAside setAside = new SetAside(delivery.name(), delivery.specification(), failures, clock);
    return new Pull(delivery, participants, clientTransactions, setAside);
  }

  private static Sink sinkOf(
      DeliverySpecification specification, @Nullable DatabaseSession rows, Suspects suspects) {
    DeliverySpecification.Sink sink = specification.sink();
    return sink == null || rows == null
        ? Sink.NONE
        : new StatementApplication(sink, rows, suspects)::apply;
  }

  /**
   * Prepares the inbox for a delivery that uses it, and for one that used it under a protocol
   * before.
   */
  InboxState openInbox(String name, DeliverySpecification specification) throws SQLException {
    Database database = databaseOf(specification);
    if (database == null) {
      return new InboxState(Set.of(), clock);
    }
    if (specification.isIdempotency()) {
      database.createInbox();
      return new InboxState(Set.of(), clock);
    }
    return new InboxState(leftovers(name, database), clock);
  }

  /**
   * None where the user may not read the inbox: it is another user's, and this one's is nowhere.
   */
  private static Set<String> leftovers(String name, Database database) throws SQLException {
    try {
      return database.inboxOf(name);
    } catch (SQLException e) {
      if (!database.isForbidden(e)) {
        throw e;
      }
      LOG.warnf(
          "inbox not read delivery=%s participant=%s: its user may not read handfast_inbox (%s), so ids that another user has left there for this delivery are not known; grant SELECT on it, or set the schema of this database to one of the user's own",
          name, database.name(), e.getMessage());
      return Set.of();
    }
  }

  /** How many messages a source holds, those in anybody's hand included. */
  long messagesIn(Source source) throws BrokerException {
    try (BrokerAdministration management = participants.broker().openAdministration()) {
      return management.queue(source.queueName()).orElse(QueueState.ABSENT).messages();
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
    try (SourceSession session = participants.broker().openLocal(Intake.ON_DEMAND)) {
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

  /** Removes a durable subscription with its messages. */
  void unsubscribe(String subscription) throws BrokerException {
    try (SourceSession session = participants.broker().openLocal(Intake.ON_DEMAND)) {
      session.unsubscribe(subscription);
    }
  }

  /**
   * Sends messages back to their source that were acknowledged and not applied. Each for itself:
   * one that cannot be copied must not take the others along.
   */
  void giveBack(String name, Source source, List<Message> orphans) {
    int lost = orphans.size();
    String cause = "";
    try (SourceSession session = participants.broker().openLocal(Intake.BUFFERED)) {
      int sent = 0;
      for (Message orphan : orphans) {
        try {
          Map<String, Object> identity =
              Map.of(MessageHeaders.ID, orphan.id(), MessageHeaders.SOURCE, source.ownQueue());
          session.send(
              source.ownQueue(), new MessageCopy(orphan, MessageCopy.Kind.RETURN, identity));
          sent++;
        } catch (BrokerException | RuntimeException e) {
          cause = Causes.readable(e);
        }
      }
      session.commit();
      lost -= sent;
    } catch (BrokerException | RuntimeException e) {
      cause = Causes.readable(e);
    }
    if (lost > 0) {
      LOG.warnf(
          "messages lost delivery=%s count=%d: acknowledged, not applied, and not given back (%s); this is what at-most-once allows",
          name, lost, cause);
    }
  }

  /**
   * Has the broker move a message to the dead letters that can be neither read nor copied here.
   *
   * @return whether it was moved
   */
  boolean moveAside(Delivery delivery, UnusableMessageException unusable) {
    String from = delivery.specification().source().queueName();
    String to = delivery.specification().deadLetter();
    try (BrokerAdministration management = participants.broker().openAdministration()) {
      Optional<Long> moved = management.moveUnusable(from, unusable.messageId(), to);
      moved.ifPresent(
          message -> {
            delivery.counters().deadLettered.increment();
            LOG.warnf(
                "message moved by the broker delivery=%s queue=%s message=%d to=%s: %s; it can be neither read nor copied, look at it there",
                delivery.name(), from, message, to, unusable.getMessage());
          });
      return moved.isPresent();
    } catch (BrokerException e) {
      LOG.warnf(
          "message not moved delivery=%s queue=%s: %s, and the broker does not move it (%s); it holds the others up until it is moved by hand, or this user has the permission 'manage'",
          delivery.name(), from, unusable.getMessage(), e.getMessage());
      return false;
    }
  }

  /** The names of the participants of a delivery. */
  List<String> participantsOf(DeliverySpecification specification) {
    Database database = databaseOf(specification);
    return database == null ? List.of(Broker.NAME) : List.of(Broker.NAME, database.name());
  }

  private @Nullable Database databaseOf(DeliverySpecification specification) {
    String name = specification.databaseName();
    return name == null ? null : participants.database(name).orElse(null);
  }

  /**
   * Checks what only the participants know.
   *
   * @throws InvalidDeliveryException with every violation
   * @throws SQLException the database cannot be asked now
   * @throws BrokerException the broker cannot be asked now
   */
  void check(String name, DeliverySpecification specification)
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
      checkInbox(databaseName, database, violations);
    }
    return violations;
  }

  private static void checkInbox(String databaseName, Database database, List<Violation> violations)
      throws SQLException {
    try {
      database.createInbox();
    } catch (SQLException e) {
      if (!database.isForbidden(e)) {
        throw e;
      }
      violations.add(
          new Violation(
              "protocol",
              "idempotency",
              "a database user that may create the table handfast_inbox, or read and write it (%s): grant that, or set handfast.database.\"%s\".schema to a schema of its own"
                  .formatted(e.getMessage(), databaseName)));
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
}

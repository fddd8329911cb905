package io.handfast.delivery;

import io.handfast.commit.UnitOfWork;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.Broker;
import io.handfast.message.MessageHeaders;
import io.handfast.message.MessageSession;
import io.handfast.message.ReceivedMessage;
import io.handfast.participant.NamedXaResource;
import jakarta.jms.JMSException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One consumer's way from the source to the sink: a session on the broker, a connection to the
 * database, and the messages in hand between them.
 *
 * <p>Used by one thread. After a unit that was not committed the lane is closed and another opened,
 * so that nothing of an unfinished branch can reach the next unit.
 */
final class Lane implements UnitOfWork, AutoCloseable {

  /** How long a consumer waits before it looks whether it shall stop. */
  private static final Duration WAIT = Duration.ofMillis(500);

  private static final int LONGEST_CAUSE = 1_000;

  private final String delivery;
  private final DeliverySpecification specification;
  private final Clock clock;
  private final MessageSession messages;
  private final @Nullable DatabaseSession database;
  private final @Nullable StatementApplication statements;
  private List<ReceivedMessage> inHand = List.of();
  private Result result = new Result(List.of(), List.of());
  private int deadLetters;

  private Lane(
      String delivery,
      DeliverySpecification specification,
      Clock clock,
      MessageSession messages,
      @Nullable DatabaseSession database,
      @Nullable StatementApplication statements) {
    this.delivery = delivery;
    this.specification = specification;
    this.clock = clock;
    this.messages = messages;
    this.database = database;
    this.statements = statements;
  }

  /** Opens a lane whose sessions take part in XA transactions. */
  static Lane openXa(
      String delivery,
      DeliverySpecification specification,
      Clock clock,
      Broker broker,
      @Nullable Database database)
      throws JMSException, SQLException {
    DatabaseSession rows = database == null ? null : database.openXa();
    MessageSession messages = null;
    try {
      messages = broker.openXa();
      messages.consume(specification.source());
      StatementApplication application =
          rows == null ? null : application(specification, rows, database);
      return new Lane(delivery, specification, clock, messages, rows, application);
    } catch (JMSException | RuntimeException e) {
      closeAll(messages, rows);
      throw e;
    }
  }

  private static StatementApplication application(
      DeliverySpecification specification, DatabaseSession session, Database database) {
    return new StatementApplication(specification.sink().statements(), session, database.dialect());
  }

  @Override
  public NamedXaResource messages() {
    return messages.xaResource();
  }

  @Override
  public Optional<NamedXaResource> database() {
    return Optional.ofNullable(database).map(DatabaseSession::xaResource);
  }

  @Override
  public boolean receive() throws JMSException {
    deadLetters = 0;
    result = new Result(List.of(), List.of());
    inHand = List.of();
    inHand = messages.receive(specification.batch(), WAIT);
    return !inHand.isEmpty();
  }

  @Override
  public void apply() throws JMSException, SQLException {
    result = statements == null ? new Result(inHand, List.of()) : statements.apply(inHand);
    if (specification.forward() != null) {
      for (ReceivedMessage applied : result.applied()) {
        messages.sendCopy(
            specification.forward(),
            applied,
            Map.of(MessageHeaders.ID, applied.id()),
            Duration.ZERO);
      }
    }
    for (Refused refused : result.refused()) {
      setAside(refused);
    }
  }

  /**
   * Takes a message that cannot be applied out of its neighbours' way: a copy goes back to the
   * source to be retried later, or to the dead-letter queue, in the same transaction that
   * acknowledges it. The copy carries its count of failures, which so survives any crash.
   */
  private void setAside(Refused refused) throws JMSException {
    ReceivedMessage message = refused.message();
    int failures = message.failures() + 1;
    boolean isDead = refused.isHopeless() || failures >= specification.retry().attempts();
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put(MessageHeaders.ID, message.id());
    headers.put(MessageHeaders.FAILURES, failures);
    headers.put(MessageHeaders.CAUSE, shortened(refused.cause()));
    headers.put(MessageHeaders.DELIVERY, delivery);
    headers.put(MessageHeaders.SOURCE, specification.source().ownQueue());
    headers.put(
        MessageHeaders.FAILED_AT, Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString());
    if (isDead) {
      deadLetters++;
      messages.sendCopy(specification.deadLetter(), message, headers, Duration.ZERO);
    } else {
      messages.sendCopy(
          specification.source().ownQueue(), message, headers, specification.retry().delay());
    }
  }

  /** Messages in hand, whatever becomes of them. */
  List<ReceivedMessage> inHand() {
    return inHand;
  }

  /** Counts the unit as committed. */
  void countCommitted(Counters counters) {
    countReceived(counters);
    counters.committed.add(result.applied().size());
    counters.deadLettered.add(deadLetters);
    counters.rolledBack.add(result.refused().size() - deadLetters);
  }

  /** Counts the unit as rolled back. */
  void countRolledBack(Counters counters) {
    countReceived(counters);
    counters.rolledBack.add(inHand.size());
  }

  private void countReceived(Counters counters) {
    counters.received.add(inHand.size());
    counters.redelivered.add(inHand.stream().filter(ReceivedMessage::isRedelivered).count());
  }

  @Override
  public void close() {
    closeAll(messages, database);
  }

  private static void closeAll(
      @Nullable MessageSession messages, @Nullable DatabaseSession database) {
    if (messages != null) {
      messages.close();
    }
    if (database != null) {
      database.close();
    }
  }

  private static String shortened(String cause) {
    return cause.length() <= LONGEST_CAUSE ? cause : cause.substring(0, LONGEST_CAUSE) + "…";
  }
}

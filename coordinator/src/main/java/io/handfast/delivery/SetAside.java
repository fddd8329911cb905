package io.handfast.delivery;

import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.input.Shortened;
import io.handfast.message.MessageHeaders;
import io.handfast.message.MessageSession;
import io.handfast.message.ReceivedMessage;
import jakarta.jms.JMSException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages that cannot be applied out of their neighbours' way.
 *
 * <p>A copy goes back to the source to be retried later, or to the dead-letter queue, in the same
 * transaction that acknowledges the message. The copy carries its count of failures, which so
 * survives any crash and any change of consumer. A message of a group would be overtaken that way:
 * it holds up its consumer instead, and its failures are counted on disk.
 */
final class SetAside {

  private static final int LONGEST_CAUSE = 1_000;

  private final String delivery;
  private final DeliverySpecification specification;
  private final Failures failures;
  private final Clock clock;

  SetAside(String delivery, DeliverySpecification specification, Failures failures, Clock clock) {
    this.delivery = delivery;
    this.specification = specification;
    this.failures = failures;
    this.clock = clock;
  }

  /** The messages to apply, less those whose attempts are used up already. */
  List<ReceivedMessage> withoutHopeless(Unit unit) {
    List<ReceivedMessage> toApply = unit.toApply();
    if (toApply.stream().noneMatch(this::isUsedUp)) {
      return toApply;
    }
    return toApply.stream().filter(message -> !isUsedUp(message)).toList();
  }

  /** A result with the messages that were left out of it added to the refused. */
  Result withHopeless(Unit unit, Result result) {
    List<Refused> refused = new ArrayList<>(result.refused());
    for (ReceivedMessage message : unit.toApply()) {
      if (isUsedUp(message)) {
        refused.add(new Refused(message, lastCause(message), true));
      }
    }
    return new Result(result.applied(), refused);
  }

  boolean isUsedUp(ReceivedMessage message) {
    int counted = failures.count(delivery, message.id());
    return counted > 0 && message.failures() + counted >= specification.retry().attempts();
  }

  /**
   * Sets a refused message aside.
   *
   * @throws HeldMessageException the message must be tried again before others of its group
   */
  void orHold(Unit unit, Refused refused, MessageSession messages)
      throws JMSException, HeldMessageException {
    ReceivedMessage message = refused.message();
    int counted = failures.count(delivery, message.id());
    int count =
        failures.isCondemned(delivery, message.id())
            ? message.failures() + 1
            : message.failures() + counted + (isUsedUp(message) ? 0 : 1);
    boolean isDead = refused.isHopeless() || count >= specification.retry().attempts();
    if (isDead) {
      unit.deadLettered();
      send(specification.deadLetter(), refused, count, Duration.ZERO, messages);
    } else if (mustHold(message)) {
      failures.add(delivery, message.id(), refused.cause());
      throw new HeldMessageException(message, refused.cause());
    } else {
      String source = specification.source().ownQueue();
      send(source, refused, count, specification.retry().delay(), messages);
    }
  }

  /** Whether setting a message aside would let others of its group overtake it. */
  static boolean mustHold(ReceivedMessage message) {
    return message.group() != null;
  }

  /** Whether this refusal is the last one that the delivery allows. */
  boolean isLastAttempt(ReceivedMessage message) {
    return failuresOf(message) + 1 >= specification.retry().attempts();
  }

  private void send(
      String queue, Refused refused, int count, Duration delay, MessageSession messages)
      throws JMSException {
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put(MessageHeaders.ID, refused.message().id());
    headers.put(MessageHeaders.FAILURES, count);
    headers.put(MessageHeaders.CAUSE, shortened(refused.cause()));
    headers.put(MessageHeaders.DELIVERY, delivery);
    headers.put(MessageHeaders.SOURCE, specification.source().ownQueue());
    headers.put(
        MessageHeaders.FAILED_AT, Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString());
    messages.sendCopy(queue, refused.message(), headers, delay);
  }

  /** Marks a message so that the next unit that receives it makes it a dead letter. */
  void condemn(ReceivedMessage message, String cause) {
    failures.condemn(delivery, message.id(), shortened(cause));
  }

  /** Counts a failure that a caller, not a statement, has found. */
  void countFailure(ReceivedMessage message, @Nullable String cause) {
    failures.add(delivery, message.id(), shortened(cause == null ? "refused" : cause));
  }

  /** Why a message that stayed in its queue failed the last time. */
  String lastCause(ReceivedMessage message) {
    String cause = failures.cause(delivery, message.id());
    return cause == null ? "its attempts are used up" : cause;
  }

  /** Failures so far, those on disk included. */
  int failuresOf(ReceivedMessage message) {
    return message.failures() + failures.count(delivery, message.id());
  }

  /** What is known of messages that fail alone. */
  Suspects suspects() {
    DeliverySpecification.Sink sink = specification.sink();
    return failures.suspects(delivery, sink == null ? List.of() : sink.statements());
  }

  /** The unit is committed, and its messages have left the queue. */
  void forget(Unit unit) {
    suspects().wentThrough(unit.applied().stream().map(ReceivedMessage::id).toList());
    for (ReceivedMessage message : unit.inHand()) {
      failures.remove(delivery, message.id());
    }
  }

  private static String shortened(String cause) {
    return Shortened.of(cause, LONGEST_CAUSE);
  }
}

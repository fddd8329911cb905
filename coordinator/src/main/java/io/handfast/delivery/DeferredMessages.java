package io.handfast.delivery;

import io.handfast.commit.UnitOfWork;
import io.handfast.database.DeadLetterTable.Failure;
import io.handfast.database.DeadLetterTable.Letter;
import io.handfast.database.DeadLetterTable.Origin;
import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.input.Excerpt;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.MessageHeaders;
import io.handfast.message.SourceSession;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Defers messages that could not be applied, or dead-letters them after the last attempt.
 *
 * <p>A copy goes back to the source to be retried later, or to the dead-letter queue, in the same
 * transaction that acknowledges the message. The copy carries its count of failures, which so
 * survives any crash and any change of consumer. A message of a group would be overtaken that way:
 * it holds up its consumer instead, and its failures are counted on disk.
 */
final class DeferredMessages {

  private static final int LONGEST_CAUSE = 1_000;

  private final String delivery;
  private final DeliverySpecification specification;
  private final Failures failures;
  private final Clock clock;

  DeferredMessages(
      String delivery, DeliverySpecification specification, Failures failures, Clock clock) {
    this.delivery = delivery;
    this.specification = specification;
    this.failures = failures;
    this.clock = clock;
  }

  /** The messages to apply, less those that must not be applied any more. */
  List<Message> withoutExhausted(Batch batch) {
    List<Message> toApply = batch.toApply();
    if (toApply.stream().allMatch(message -> hopelessness(message) == null)) {
      return toApply;
    }
    return toApply.stream().filter(message -> hopelessness(message) == null).toList();
  }

  /** A result with the messages that were left out of it added to the refused. */
  Result withExhausted(Batch batch, Result result) {
    List<Refused> refused = new ArrayList<>(result.refused());
    refused.addAll(exhausted(batch.toApply()));
    return new Result(result.applied(), refused);
  }

  /** The messages that must not be applied any more, each with the reason. */
  List<Refused> exhausted(List<Message> messages) {
    List<Refused> exhausted = new ArrayList<>();
    for (Message message : messages) {
      String reason = hopelessness(message);
      if (reason != null) { // what was only deferred is tried again, after its delay
        boolean isForGood = !failures.isDeferred(delivery, message.id()) || hasExpired(message);
        exhausted.add(new Refused(message, reason, isForGood));
      }
    }
    return exhausted;
  }

  /**
   * Why a message must not be applied any more, or null where it may be. A body that nothing can
   * use is no empty body: handing the message on would be applying something else.
   */
  private @Nullable String hopelessness(Message message) {
    if (isUsedUp(message)) {
      return lastCause(message);
    }
    if (hasExpired(message)) {
      return "expired at %s while it waited for its retry; it had failed: %s"
          .formatted(
              Instant.ofEpochMilli(message.expiration()),
              message.headers().get(MessageHeaders.CAUSE));
    }
    String unknown = specification.isIdempotency() ? message.deduplicationProblem() : null;
    if (unknown != null) {
      return unknown;
    }
    return specification.handsBodiesOn() ? message.content().problem() : null;
  }

  /** A message that has not failed yet is the broker's to expire. */
  private boolean hasExpired(Message message) {
    return message.failures() > 0
        && message.expiration() != 0
        && clock.millis() >= message.expiration();
  }

  boolean isUsedUp(Message message) {
    boolean isCounted = message.place() != null || failures.count(delivery, message.id()) > 0;
    return isCounted && failuresOf(message) >= specification.retry().attempts();
  }

  /**
   * Sets a refused message aside.
   *
   * @throws UnskippableMessageException the message must be tried again before others of its group
   */
  void deferOrHold(Batch batch, Refused refused, UnitOfWork work) throws Exception {
    Message message = refused.message();
    int count = countOf(message);
    boolean isLetGo = specification.isLeased() && batch.isAcknowledged();
    if (isDead(refused) || isLetGo || isGrouped(message) && !mustHold(message)) {
      bury(batch, refused, count, work);
    } else if (mustHold(message)) {
      countOne(message, refused.cause());
      throw new UnskippableMessageException(message, refused.cause());
    } else {
      retry(batch, refused, count, work);
    }
  }

  private boolean isDead(Refused refused) {
    return refused.isHopeless() || countOf(refused.message()) >= specification.retry().attempts();
  }

  /**
   * The messages that their source keeps for a later attempt, where it leases them: those that have
   * failed, with those of their groups behind them. Counts the failures. What the source has let go
   * it keeps no more.
   */
  List<Message> toHold(Batch batch) {
    if (!specification.isLeased() || batch.isAcknowledged()) {
      return List.of();
    }
    List<Message> failed = new ArrayList<>();
    for (Refused refused : batch.refused()) {
      if (!isDead(refused)) {
        countOne(refused.message(), shortened(refused.cause()));
        failed.add(refused.message());
      }
    }
    Set<String> groups = new HashSet<>();
    return batch.notHeld().stream()
        .filter(
            message ->
                failed.contains(message) && add(groups, message)
                    || groups.contains(String.valueOf(message.group())))
        .toList();
  }

  private static boolean add(Set<String> groups, Message message) {
    if (message.group() != null) {
      groups.add(message.group());
    }
    return true;
  }

  /**
   * What the message brings along is not counted on disk, but where its partition's row tells it.
   */
  private void countOne(Message message, String cause) {
    if (message.place() == null) {
      failures.add(delivery, message.id(), cause);
    } else {
      failures.set(delivery, message.id(), failuresOf(message) + 1, cause);
    }
  }

  /** How often a message has failed, the failure that it is set aside for included. */
  private int countOf(Message message) {
    if (failures.isMarked(delivery, message.id())) {
      return message.place() == null ? message.failures() + 1 : heldFailures(message);
    }
    return failuresOf(message) + (isUsedUp(message) || hasExpired(message) ? 0 : 1);
  }

  /** Failures so far of a message that is held where it is, as its partition's row keeps them. */
  int heldFailures(Message message) {
    return Math.min(failuresOf(message), specification.retry().attempts());
  }

  /** The same with one more. */
  int heldFailuresWith(Message message) {
    return Math.min(failuresOf(message) + 1, specification.retry().attempts());
  }

  private void bury(Batch batch, Refused refused, int count, UnitOfWork work) throws Exception {
    batch.deadLettered(refused);
    if (specification.isOfBroker()) {
      work.messages()
          .send(
              specification.deadLetter(),
              new MessageCopy(
                  refused.message(), MessageCopy.Kind.DEAD_LETTER, failure(refused, count)));
    } else {
      String database = Objects.requireNonNull(specification.databaseName());
      work.database(database).deadLetters().add(letter(refused, count));
    }
  }

  private Letter letter(Refused refused, int count) {
    Message message = refused.message();
    Message.Place place = message.place();
    return new Letter(
        delivery,
        place == null
            ? new Origin(specification.source().slot(), 0, message.id())
            : new Origin(place.partition().slot(), place.at().offset(), message.id()),
        message.key(),
        message.content(),
        place == null ? StoredMessage.headersOf(message) : message.headers(),
        new Failure(count, shortened(refused.cause()), Instant.now(clock)));
  }

  private void retry(Batch batch, Refused refused, int count, UnitOfWork work) throws Exception {
    SourceSession messages = work.messages();
    String source = specification.source().ownQueue();
    MessageCopy copy =
        new MessageCopy(
            refused.message(),
            MessageCopy.Kind.RETRY,
            failure(refused, count),
            specification.retry().delay());
    if (messages.takes(source, copy)) {
      messages.send(source, copy);
    } else {
      String cause =
          refused.cause() + "; not tried again: the filter of '" + source + "' takes no copy of it";
      bury(batch, new Refused(refused.message(), cause, true), count, work);
    }
  }

  /**
   * Whether setting a message aside would let others of its group overtake it. One that would
   * expire before its next attempt is not held: the broker would drop it from its place.
   */
  boolean mustHold(Message message) {
    long expiration = message.expiration();
    return isGrouped(message)
        && (expiration == 0
            || clock.millis() + specification.retry().delay().toMillis() < expiration);
  }

  /** Of what is leased the source itself keeps the order, as long as a message is held there. */
  private boolean isGrouped(Message message) {
    return message.group() != null && !specification.isLeased();
  }

  /** Whether this refusal is the last one that the delivery allows. */
  boolean isLastAttempt(Message message) {
    return failuresOf(message) + 1 >= specification.retry().attempts();
  }

  private Map<String, Object> failure(Refused refused, int count) {
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put(MessageHeaders.ID, refused.message().id());
    headers.put(MessageHeaders.FAILURES, count);
    headers.put(MessageHeaders.CAUSE, shortened(refused.cause()));
    headers.put(MessageHeaders.DELIVERY, delivery);
    headers.put(MessageHeaders.SOURCE, specification.source().ownQueue());
    headers.put(
        MessageHeaders.FAILED_AT, Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString());
    return headers;
  }

  /** Marks a message so that the next unit that receives it makes it a dead letter. */
  void deadLetter(Message message, String cause) {
    failures.deadLetter(delivery, message.id(), shortened(cause));
  }

  /**
   * Counts a failed attempt of a message whose unit is rolled back: the next unit that receives it
   * sets it aside. A message of a group stays at the head of its line instead.
   */
  void defer(Message message, String cause) {
    if (mustHold(message) || specification.isLeased()) {
      countOne(message, shortened(cause));
    } else {
      failures.defer(delivery, message.id(), shortened(cause));
    }
  }

  /** Counts a failure that a caller, not a statement, has found. */
  void countFailure(Message message, @Nullable String cause) {
    failures.add(delivery, message.id(), shortened(cause == null ? "refused" : cause));
  }

  /** Why a message that stayed in its queue failed the last time. */
  String lastCause(Message message) {
    String cause = failures.cause(delivery, message.id());
    return cause == null ? "its attempts are used up" : cause;
  }

  /**
   * Failures so far, those on disk included. Of a message that its partition keeps the position's
   * row tells them too, also those that another node has counted.
   */
  int failuresOf(Message message) {
    int counted = failures.isEmpty() ? 0 : failures.count(delivery, message.id());
    return message.place() == null
        ? message.failures() + counted
        : Math.max(message.failures(), counted);
  }

  /** What is known of messages that fail alone. */
  SuspectMessages suspects() {
    DeliverySpecification.Sink sink = specification.sink();
    return failures.suspects(delivery, sink == null ? List.of() : sink.statements());
  }

  /** The unit is committed, and its messages have left the queue. */
  void forget(Batch batch) {
    suspects().wentThrough(batch.applied());
    if (!failures.isEmpty()) {
      batch.notHeld().forEach(message -> failures.remove(delivery, message.id()));
    }
  }

  private static String shortened(String cause) {
    return Excerpt.of(cause, LONGEST_CAUSE);
  }
}

package io.handfast.delivery;

import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.transaction.ErrorText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reports what holds a delivery up, once when it begins and once when it ends, and its dead
 * letters.
 *
 * <p>Many consumers meet the same trouble, again and again; the log tells of one. Thread-safe.
 */
final class Interruption {

  private static final Logger LOG = Logger.getLogger(Interruption.class);

  private final String delivery;
  private final Clock clock;
  private final Set<Object> affected = new HashSet<>();
  private final DeadLetterReport deadLetters;
  private final String queue;
  private volatile @Nullable String lastError;
  private @Nullable Instant since;
  private @Nullable String cause;

  Interruption(String delivery, String queue, Clock clock) {
    this.delivery = delivery;
    this.queue = queue;
    this.clock = clock;
    this.deadLetters = new DeadLetterReport(delivery, queue, clock);
  }

  /** What went wrong last; null where nothing has. */
  @Nullable String lastError() {
    return lastError;
  }

  /** The delivery has failed. */
  void failed(Throwable trouble) {
    lastError = ErrorText.readable(trouble);
  }

  /** A message that others must not overtake has failed, and is tried again after its delay. */
  void held(UnskippableMessageException trouble) {
    lastError =
        "message %s holds up its group until it goes through or becomes a dead letter: %s"
            .formatted(trouble.held().id(), ErrorText.readable(trouble));
  }

  /** A unit is committed: says which of its messages became dead letters, and why. */
  void tellDeadLetters(Batch batch) {
    for (Refused dead : batch.deadLetters()) {
      String why = ErrorText.readable(dead.cause());
      lastError = "dead-lettered to " + queue + ": " + why;
      deadLetters.add(dead.message().id(), why);
    }
  }

  /** Tells of dead letters that have not been told yet, where it is time. */
  void tellDue() {
    deadLetters.tellDue();
  }

  synchronized void begin(Object consumer, Throwable trouble) {
    cause = ErrorText.readable(trouble);
    lastError = cause;
    affected.add(consumer);
    if (since == null) {
      since = clock.instant();
      LOG.warnf(
          "delivery interrupted delivery=%s: %s; trying again with growing pauses, nothing is lost",
          delivery, cause);
    }
  }

  synchronized void end(Object consumer) {
    if (affected.remove(consumer) && affected.isEmpty() && since != null) {
      Duration lasted = Duration.between(since, clock.instant());
      LOG.infof(
          "delivery continues delivery=%s after=%s",
          delivery, lasted.truncatedTo(ChronoUnit.MILLIS));
      since = null;
      cause = null;
    }
  }

  /**
   * A consumer leaves without having found out whether the trouble is over. With the last of them
   * the interruption ends: consumers that start later meet the trouble anew, or do not.
   */
  synchronized void leave(Object consumer) {
    if (affected.remove(consumer) && affected.isEmpty()) {
      since = null;
      cause = null;
    }
  }

  /** Since when and why the delivery is held up now, or null. */
  synchronized Delivery.@Nullable Retrying now() {
    return since == null || cause == null ? null : new Delivery.Retrying(since, cause);
  }
}

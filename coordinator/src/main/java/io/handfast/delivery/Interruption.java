package io.handfast.delivery;

import io.handfast.transaction.Causes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether a delivery is held up, said once when it begins and once when it is over.
 *
 * <p>Many consumers meet the same trouble, again and again; the log tells of one. Thread-safe.
 */
final class Interruption {

  private static final Logger LOG = Logger.getLogger(Interruption.class);

  private final String delivery;
  private final Clock clock;
  private final Set<Object> affected = new HashSet<>();
  private @Nullable Instant since;
  private @Nullable String cause;

  Interruption(String delivery, Clock clock) {
    this.delivery = delivery;
    this.clock = clock;
  }

  synchronized void begin(Object consumer, Throwable trouble) {
    cause = Causes.readable(trouble);
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

  /** A consumer leaves without having found out whether the trouble is over. */
  synchronized void leave(Object consumer) {
    affected.remove(consumer);
  }

  /** Why the delivery is held up now, or null. */
  synchronized @Nullable String cause() {
    return cause;
  }
}

package io.handfast.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Logs the dead letters of a delivery: the first of each cause at once, the number of further ones
 * once a minute.
 *
 * <p>Causes that differ in values only count as one. Thread-safe.
 */
final class DeadLetterReport {

  private static final Logger LOG = Logger.getLogger(DeadLetterReport.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int MOST_CAUSES = 50;

  /** Numbers, and quoted or bracketed values; the name of what is violated or missing stays. */
  private static final Pattern VALUES =
      Pattern.compile(
          "(?<!constraint |column |relation |table |function |type )\"[^\"]*\"|'[^']*'|\\([^)]*\\)|\\d+");

  private static final class Kind {
    private Instant toldAt = Instant.MIN;
    private long untold;
    private String lastMessage = "";
    private String lastCause = "";
  }

  private final String delivery;
  private final String queue;
  private final Clock clock;
  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  DeadLetterReport(String delivery, String queue, Clock clock) {
    this.delivery = delivery;
    this.queue = queue;
    this.clock = clock;
  }

  /** A message is in the dead-letter queue. */
  synchronized void add(String message, String cause) {
    String key = VALUES.matcher(cause).replaceAll("?");
    boolean isFull = kinds.size() >= MOST_CAUSES && !kinds.containsKey(key);
    Kind kind = kinds.computeIfAbsent(isFull ? "" : key, unused -> new Kind());
    kind.untold++;
    kind.lastMessage = message;
    kind.lastCause = cause;
    if (isDue(kind)) {
      tell(kind);
    }
  }

  /** Tells what has come since the last line of its cause, where that is a minute ago. */
  synchronized void tellDue() {
    kinds.values().stream().filter(this::isDue).filter(k -> k.untold > 0).forEach(this::tell);
    kinds.values().removeIf(kind -> kind.untold == 0 && isDue(kind));
  }

  private boolean isDue(Kind kind) {
    return kind.toldAt.equals(Instant.MIN) || !clock.instant().isBefore(kind.toldAt.plus(PAUSE));
  }

  private void tell(Kind kind) {
    LOG.warnf(
        "dead letters delivery=%s queue=%s count=%d message=%s: %s; mend the cause, then POST /v1/dead-letters/%s/replay; more of this cause are counted and told in a minute",
        delivery, queue, kind.untold, kind.lastMessage, kind.lastCause, queue);
    kind.toldAt = clock.instant();
    kind.untold = 0;
  }
}

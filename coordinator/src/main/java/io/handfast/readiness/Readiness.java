package io.handfast.readiness;

import io.handfast.concurrent.Threads;
import io.handfast.database.Database;
import io.handfast.delivery.Admission;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.input.Violation;
import io.handfast.message.Broker;
import io.handfast.recovery.Recovery;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Makes the checks, at the start and whenever something may have changed, and keeps what they
 * found: a participant was reached, a delivery was changed, or ten minutes have passed, since
 * settings of a server change without a restart. Thread-safe.
 */
@Singleton
public class Readiness implements Admission {

  private static final Logger LOG = Logger.getLogger(Readiness.class);
  private static final long INTERVAL_MILLIS = Duration.ofMinutes(10).toMillis();

  private final Checks checks;
  private final Inspection inspection;
  private final Recovery recovery;
  private final Clock clock;
  private final CheckLog log = new CheckLog();
  private final Object monitor = new Object();
  private boolean isWanted = true;
  private boolean isStopped;
  private Known known = Known.NOTHING;
  private volatile List<CheckResult> results = List.of();

  Readiness(Checks checks, Inspection inspection, Recovery recovery, Clock clock) {
    this.checks = checks;
    this.inspection = inspection;
    this.recovery = recovery;
    this.clock = clock;
  }

  /** Starts checking in the background. Called once, when the deliveries are known. */
  public void start() {
    recovery.whenReached(this::changed);
    results = results(known);
    Threads.start("readiness", this::run);
  }

  private void run() {
    while (awaitTurn()) {
      try {
        check();
      } catch (RuntimeException e) {
        LOG.error("checks failed: made again later", e);
      }
    }
  }

  private boolean awaitTurn() {
    synchronized (monitor) {
      try {
        if (!isWanted && !isStopped) {
          monitor.wait(INTERVAL_MILLIS);
        }
      } catch (InterruptedException e) {
        isStopped = true;
      }
      isWanted = false;
      return !isStopped;
    }
  }

  private void check() {
    Known before = known;
    known = inspection.after(before);
    String refusal = known.brokerRefusal();
    if (refusal != null && !refusal.equals(before.brokerRefusal())) {
      LOG.infof("checks not made participant=%s: %s", Broker.NAME, refusal);
    }
    results = results(known);
    log.note(results);
  }

  private List<CheckResult> results(Known known) {
    return checks.all().stream().map(check -> result(check, known)).toList();
  }

  private CheckResult result(Check check, Known known) {
    Optional<Instant> at =
        switch (check.asks()) {
          case NOTHING -> Optional.of(clock.instant());
          case DATABASES ->
              known.databases().values().stream()
                  .map(DatabaseState::at)
                  .min(Comparator.naturalOrder());
          case BROKER -> Optional.ofNullable(known.broker()).map(BrokerState::at);
        };
    return at.map(instant -> CheckResult.of(check, checks.findings(check, known), instant))
        .orElseGet(() -> CheckResult.notChecked(check, reason(check, known)));
  }

  private static String reason(Check check, Known known) {
    String refusal = check.asks() == Check.Asks.BROKER ? known.brokerRefusal() : null;
    return refusal == null ? "not reached yet" : refusal;
  }

  /** Every check, in order, with what came of it. */
  public List<CheckResult> results() {
    return results;
  }

  @Override
  public List<Violation> violations(
      String name, DeliverySpecification specification, Database database) throws SQLException {
    Known about =
        new Known(
            Map.of(name, specification),
            Map.of(
                String.valueOf(specification.databaseName()),
                DatabaseState.read(database, clock.instant())),
            null,
            null);
    return checks.refusals(Check.Asks.DATABASES, about).stream()
        .map(refusal -> new Violation("sink.database", database.name(), refusal.toString()))
        .toList();
  }

  @Override
  public void changed() {
    synchronized (monitor) {
      isWanted = true;
      monitor.notifyAll();
    }
  }

  /** Ends the checks; one under way is not waited for. */
  public void stop() {
    synchronized (monitor) {
      isStopped = true;
      monitor.notifyAll();
    }
  }
}

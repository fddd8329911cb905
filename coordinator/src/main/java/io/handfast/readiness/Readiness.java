package io.handfast.readiness;

import io.handfast.concurrent.Threads;
import io.handfast.delivery.Deliveries;
import io.handfast.message.Broker;
import io.handfast.node.Participants;
import io.handfast.readiness.Check.Finding;
import io.handfast.readiness.Check.Result;
import io.handfast.readiness.CheckedState.BrokerState;
import io.handfast.readiness.CheckedState.DatabaseState;
import io.handfast.readiness.Checks.CheckedAdmission;
import io.handfast.recovery.Recovery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/**
 * Makes the checks at the start and after a change, and keeps their results. A change is that a
 * participant was reached, that a delivery was changed, or that ten minutes have passed, since
 * settings of a server change without a restart. Thread-safe.
 */
public class Readiness {

  private static final Logger LOG = Logger.getLogger(Readiness.class);
  private static final Duration INTERVAL = Duration.ofMinutes(10);

  /** Recovery tells when a broker or a database is reached, and nothing of other sources. */
  private static final Duration SOON = Duration.ofSeconds(30);

  private final CheckedAdmission admission;
  private final CheckedState.Inspection inspection;
  private final Clock clock;
  private final CheckLog log = new CheckLog();
  private CheckedState known = CheckedState.NOTHING;
  private volatile List<Result> results;

  /** Starts checking in the background. */
  public Readiness(
      CheckedAdmission admission,
      Participants participants,
      Recovery recovery,
      Deliveries deliveries,
      Clock clock) {
    this.admission = admission;
    this.inspection = new CheckedState.Inspection(participants, recovery, deliveries, clock);
    this.clock = clock;
    this.results = results(known);
    Threads.start("readiness", this::run);
  }

  private void run() {
    while (admission.awaitChange(known.isEachTopicKnown() ? INTERVAL : SOON)) {
      try {
        check();
      } catch (RuntimeException e) {
        LOG.error("checks failed: made again later", e);
      }
    }
  }

  private void check() {
    CheckedState before = known;
    known = inspection.after(before);
    String refusal = known.brokerRefusal();
    if (refusal != null && !refusal.equals(before.brokerRefusal())) {
      LOG.infof("checks not made participant=%s: %s", Broker.NAME, refusal);
    }
    results = results(known);
    log.note(results);
  }

  private List<Result> results(CheckedState known) {
    return admission.checks().all().stream().map(check -> result(check, known)).toList();
  }

  private Result result(Check check, CheckedState known) {
    Optional<Instant> at =
        switch (check.asks()) {
          case NOTHING -> Optional.of(clock.instant());
          case DATABASES ->
              known.databases().values().stream()
                  .map(DatabaseState::at)
                  .min(Comparator.naturalOrder());
          case BROKER -> Optional.ofNullable(known.broker()).map(BrokerState::at);
          case TOPICS -> Optional.ofNullable(known.topics().at());
        };
    return at.map(
            instant ->
                Result.of(
                    check, admission.checks().findings(check, known), check.basis(known), instant))
        .orElseGet(() -> Result.notChecked(check, reason(check, known)));
  }

  private static String reason(Check check, CheckedState known) {
    String reason =
        switch (check.asks()) {
          case BROKER -> known.brokerRefusal();
          case TOPICS ->
              known.isEachTopicKnown() ? "no delivery takes from a topic of Kafka" : null;
          case NOTHING, DATABASES -> null;
        };
    return reason == null ? "not reached yet" : reason;
  }

  /** Every check, in order, with what came of it. */
  public List<Result> results() {
    return results;
  }

  /** Ends the checks; one under way is not waited for. */
  public void stop() {
    admission.stop();
  }

  /**
   * Says in the log what is found, once, and again only when it has changed. Used by one thread.
   */
  static final class CheckLog {

    private final Map<String, Result> said = new HashMap<>();

    /** Tells what differs from what was said before. */
    void note(List<Result> results) {
      for (Result result : results) {
        Result before = said.put(result.check(), result);
        note(result, before == null ? List.of() : before.findings());
      }
    }

    private static void note(Result result, List<Finding> before) {
      for (Finding finding : result.findings()) {
        if (!before.contains(finding)) {
          LOG.logf(
              finding.isRefusal() ? Level.ERROR : Level.WARN,
              "check failed check=%s key=%s: %s; %s",
              finding.check(),
              finding.key(),
              finding.problem(),
              finding.remedy());
        }
      }
      if (result.findings().isEmpty() && !before.isEmpty()) {
        LOG.infof("check passed check=%s", result.check());
      }
    }
  }
}

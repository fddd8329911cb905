package io.handfast.metrics;

import io.handfast.coordination.ClientTransactions;
import io.handfast.delivery.DeliveryWatch;
import io.handfast.input.WireName;
import io.handfast.log.DecisionLog;
import io.handfast.log.ForceWatch;
import io.handfast.log.RemoteBranch;
import io.handfast.node.Participants;
import io.handfast.participant.Participant;
import io.handfast.queue.QueueDepths;
import io.handfast.recovery.InDoubtTransaction;
import io.handfast.recovery.Recovery;
import io.handfast.recovery.RecoveryWatch;
import io.handfast.recovery.ScanResult;
import io.handfast.resolution.Action;
import io.handfast.timeline.StoryWatch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the node: what happens is told to them, and how it stands is asked when somebody
 * reads.
 *
 * <p>Their names, units and labels are documented in {@code docs/metrics.md}. Thread-safe.
 */
@Singleton
public class Metrics {

  /** What tells the time of a step apart from that of another. */
  private record Step(String name, String participant) {}

  private final MeterRegistry registry;
  private final Recovery recovery;
  private final Participants participants;
  private final ClientTransactions clientTransactions;
  private final Clock clock;
  private final DeliveryMeters deliveries;
  private final Map<Step, Timer> steps = new ConcurrentHashMap<>();

  public Metrics(
      MeterRegistry registry,
      Recovery recovery,
      Participants participants,
      ClientTransactions clientTransactions,
      QueueDepths depths,
      Clock clock) {
    this.registry = registry;
    this.recovery = recovery;
    this.participants = participants;
    this.clientTransactions = clientTransactions;
    this.clock = clock;
    this.deliveries = new DeliveryMeters(registry, depths);
  }

  /** Whom deliveries are to tell of themselves and of their units. */
  public DeliveryWatch deliveries() {
    return deliveries;
  }

  /** Whom transactions are to tell of their steps. */
  public StoryWatch steps() {
    return (story, step) ->
        steps
            .computeIfAbsent(new Step(step.name(), label(step.participant())), this::timer)
            .record(step.tookNanos(), TimeUnit.NANOSECONDS);
  }

  /** Clients name services as they like: each name a label would be labels without end. */
  private static String label(@Nullable String participant) {
    if (participant == null) {
      return "coordinator";
    }
    return RemoteBranch.isRemote(participant) ? "remote" : participant;
  }

  private Timer timer(Step step) {
    return Timer.builder("handfast.transaction.step")
        .description("Time of a step of a transaction, by who took it.")
        .tags("step", step.name(), "participant", step.participant())
        .serviceLevelObjectives(Buckets.MILLISECONDS_TO_MINUTES)
        .register(registry);
  }

  /** Whom the decision log is to tell of its forces. */
  public ForceWatch forces() {
    Timer times =
        Timer.builder("handfast.log.force")
            .description("Time for which the decision log waited for its disk.")
            .serviceLevelObjectives(Buckets.MICROSECONDS_TO_SECONDS)
            .register(registry);
    DistributionSummary groups =
        DistributionSummary.builder("handfast.log.group.records")
            .description("Records that became durable by one force of the decision log.")
            .serviceLevelObjectives(1, 2, 5, 10, 20, 50, 100)
            .register(registry);
    return (records, nanos) -> {
      times.record(nanos, TimeUnit.NANOSECONDS);
      groups.record(records);
    };
  }

  /** Whom recovery is to tell of the branches that it ends. */
  public RecoveryWatch recovered() {
    return (id, participant, action) -> recovered(label(participant), action).increment();
  }

  private Counter recovered(String participant, Action action) {
    return Counter.builder("handfast.recovery.branches")
        .description("Branches that recovery has ended.")
        .tags("participant", participant, "action", WireName.of(action))
        .register(registry);
  }

  /** Begins to show how the node stands. Called once recovery has begun. */
  public void open(DecisionLog log) {
    gauge(
            "handfast.log.certain",
            "1 while the decision log can be written.",
            log,
            known -> known.isCertain() ? 1 : 0)
        .register(registry);
    gauge(
            "handfast.log.decisions",
            "Decisions that not every participant has confirmed.",
            log,
            known -> known.content().size())
        .register(registry);
    gauge(
            "handfast.transactions.in.doubt",
            "Transactions that are not over everywhere, and that nobody has in hand.",
            recovery,
            known -> known.inDoubt().size())
        .register(registry);
    gauge(
            "handfast.transactions.in.doubt.oldest.age",
            "Age of the oldest transaction in doubt; 0 where there is none.",
            recovery,
            this::oldestInDoubt)
        .baseUnit("seconds")
        .register(registry);
    gauge(
            "handfast.branches.heuristic",
            "Branches that ended otherwise than decided, and are not forgotten.",
            recovery,
            known -> known.node().resolutions().heuristics().size())
        .register(registry);
    gauge(
            "handfast.recovery.scan.age",
            "Time since recovery began to ask a participant, of the one asked longest ago.",
            recovery,
            this::sinceLastScan)
        .baseUnit("seconds")
        .register(registry);
    gauge(
            "handfast.client.transactions",
            "Transactions that clients have begun, and not ended.",
            clientTransactions,
            known -> known.unsettled().size())
        .register(registry);
    participants.all().stream().map(Participant::name).forEach(this::openParticipant);
  }

  private void openParticipant(String name) {
    gauge(
            "handfast.participant.up",
            "1 where recovery has reached the participant last time.",
            recovery,
            known -> known.isReached(name) ? 1 : 0)
        .tag("participant", name)
        .register(registry);
    gauge(
            "handfast.participant.refused",
            "1 where the participant answers and does not let this node in.",
            recovery,
            known -> known.refused().contains(name) ? 1 : 0)
        .tag("participant", name)
        .register(registry);
    recovered(name, Action.COMMIT); // so that they are there from the start, with 0
    recovered(name, Action.ROLLBACK);
  }

  private double oldestInDoubt(Recovery known) {
    return known.inDoubt().stream()
        .map(InDoubtTransaction::since)
        .min(Instant::compareTo)
        .map(this::secondsSince)
        .orElse(0.0);
  }

  private double sinceLastScan(Recovery known) {
    return known.lastScan().stream()
        .map(ScanResult::at)
        .min(Instant::compareTo)
        .map(this::secondsSince)
        .orElse(0.0);
  }

  private double secondsSince(Instant moment) {
    return Math.max(0, Duration.between(moment, clock.instant()).toMillis() / 1e3);
  }

  private static <T> Gauge.Builder<T> gauge(
      String name, String description, T known, ToDoubleFunction<T> value) {
    return Gauge.builder(name, known, value).description(description);
  }
}

package io.handfast.metrics;

import io.handfast.event.Event;
import io.handfast.event.Event.BranchRecovered;
import io.handfast.event.Event.LogForced;
import io.handfast.event.Subscriber;
import io.handfast.log.RemoteBranch;
import io.handfast.queue.QueueDepths;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The meters that events update; {@link NodeGauges} has those that are sampled.
 *
 * <p>Their names, units and labels are documented in {@code docs/reference/metrics.md}.
 * Thread-safe.
 */
@Singleton
public class Metrics implements Subscriber {

  /** What tells the time of a step apart from that of another. */
  private record Step(String name, String participant) {}

  private final MeterRegistry registry;
  private final Timer forces;
  private final DistributionSummary groups;
  private final DeliveryMeters deliveries;
  private final Map<Step, Timer> steps = new ConcurrentHashMap<>();

  public Metrics(MeterRegistry registry, QueueDepths depths) {
    this.registry = registry;
    this.deliveries = new DeliveryMeters(registry, depths);
    this.forces =
        Timer.builder("handfast.log.force")
            .description("Time for which the decision log waited for its disk.")
            .serviceLevelObjectives(HistogramBuckets.MICROSECONDS_TO_SECONDS)
            .register(registry);
    this.groups =
        DistributionSummary.builder("handfast.log.group.records")
            .description("Records that became durable by one force of the decision log.")
            .serviceLevelObjectives(1, 2, 5, 10, 20, 50, 100)
            .register(registry);
  }

  /** The lag of partitions was asked for again. */
  public void lagChanged() {
    deliveries.lagChanged();
  }

  MeterRegistry registry() {
    return registry;
  }

  @Override
  public void on(Event event) {
    deliveries.on(event);
    if (event instanceof Event.Step step) {
      stepped(step);
    } else if (event instanceof LogForced force) {
      forced(force);
    } else if (event instanceof BranchRecovered branch) {
      recovered(label(branch.participant()), branch.action()).increment();
    }
  }

  /** Of transactions: at-least-once and the like have units, and no steps in the documents. */
  private void stepped(Event.Step step) {
    if (step.transaction() != null) {
      steps
          .computeIfAbsent(new Step(step.step(), label(step.participant())), this::timer)
          .record(step.nanos(), TimeUnit.NANOSECONDS);
    }
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
        .serviceLevelObjectives(HistogramBuckets.MILLISECONDS_TO_MINUTES)
        .register(registry);
  }

  private void forced(LogForced force) {
    forces.record(force.nanos(), TimeUnit.NANOSECONDS);
    groups.record(force.records());
  }

  /** Makes the counters of a participant's branches, so that they are there with 0. */
  void recoversFrom(String participant) {
    recovered(participant, "commit");
    recovered(participant, "rollback");
  }

  private Counter recovered(String participant, String action) {
    return Counter.builder("handfast.recovery.branches")
        .description("Branches that recovery has ended.")
        .tags("participant", participant, "action", action)
        .register(registry);
  }
}

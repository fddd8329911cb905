package io.handfast.metrics;

import io.handfast.coordination.ClientTransactions;
import io.handfast.event.Events;
import io.handfast.log.DecisionLog;
import io.handfast.message.SourceConnector;
import io.handfast.node.Participants;
import io.handfast.participant.Participant;
import io.handfast.recovery.InDoubtTransaction;
import io.handfast.recovery.Recovery;
import io.handfast.recovery.ScanResult;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToDoubleFunction;

/**
 * The gauges that are sampled when monitoring reads them; {@link Metrics} has those that events
 * update. Thread-safe.
 */
public final class NodeGauges {

  private final Metrics metrics;
  private final MeterRegistry registry;
  private final Recovery recovery;
  private final Clock clock;

  /** Begins to show how the node stands. */
  public NodeGauges(
      Metrics metrics,
      Events events,
      Recovery recovery,
      Participants participants,
      ClientTransactions clientTransactions,
      Clock clock) {
    this.metrics = metrics;
    this.registry = metrics.registry();
    this.recovery = recovery;
    this.clock = clock;
    DecisionLog log = recovery.node().log();
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
            "Transactions that are not over everywhere, and that no consumer or client of this node is settling.",
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
    FunctionCounter.builder("handfast.events.lost", events, Events::lost)
        .description("Events that timelines, metrics or traces failed to take.")
        .register(registry);
    participants.sources().leases().ifPresent(this::countRequests);
    participants.all().stream().map(Participant::name).forEach(this::openParticipant);
  }

  /** These are billed; an idle node makes some, too. */
  private void countRequests(SourceConnector queues) {
    for (String kind : queues.requests().keySet()) {
      FunctionCounter.builder(
              "handfast.sqs.requests", queues, known -> known.requests().getOrDefault(kind, 0L))
          .description("Requests to SQS, which bills each; repeated ones included.")
          .tag("kind", kind)
          .register(registry);
    }
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
    metrics.recoversFrom(name);
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

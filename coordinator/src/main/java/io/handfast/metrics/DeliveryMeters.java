package io.handfast.metrics;

import io.handfast.delivery.Delivery;
import io.handfast.event.Event;
import io.handfast.event.Event.DeliveryClosed;
import io.handfast.event.Event.DeliveryOpened;
import io.handfast.event.Event.UnitEnded;
import io.handfast.event.ObservedDelivery;
import io.handfast.event.Subscriber;
import io.handfast.input.WireName;
import io.handfast.queue.QueueDepths;
import io.handfast.transaction.TransactionStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The meters of each delivery, from its opening to its end; one that is replaced hands them on.
 * Thread-safe.
 */
final class DeliveryMeters implements Subscriber {

  /** The outcomes of messages, by the names of the counters that tell them. */
  private static final Map<String, String> OUTCOMES =
      Map.of(
          "committed", "committed",
          "rolledBack", "rolled-back",
          "deadLettered", "dead-lettered",
          "duplicatesDropped", "duplicate-dropped");

  private static final List<TransactionStatus> ENDS =
      List.of(
          TransactionStatus.COMMITTED,
          TransactionStatus.COMMITTING,
          TransactionStatus.ROLLED_BACK,
          TransactionStatus.IN_DOUBT,
          TransactionStatus.HEURISTIC_MIXED);

  /** Of one delivery: the others are in the API. */
  private static final int MOST_PARTITIONS = 1_000;

  private final MeterRegistry registry;
  private final QueueDepths depths;
  private final Map<String, Meters> open = new ConcurrentHashMap<>();

  DeliveryMeters(MeterRegistry registry, QueueDepths depths) {
    this.registry = registry;
    this.depths = depths;
  }

  @Override
  public void on(Event event) {
    if (event instanceof UnitEnded ended) {
      ended(ended);
    } else if (event instanceof DeliveryOpened opened) {
      opened(opened.delivery());
    } else if (event instanceof DeliveryClosed closed) {
      closed(closed.delivery());
    }
  }

  private void opened(ObservedDelivery delivery) {
    open.computeIfAbsent(delivery.name(), name -> new Meters(delivery)).delivery = delivery;
  }

  private void closed(ObservedDelivery delivery) {
    Meters meters = open.remove(delivery.name());
    if (meters != null) {
      meters.close();
    }
  }

  /** The lag of partitions was asked for again: shows what is known now, and nothing else. */
  void lagChanged() {
    open.values().forEach(Meters::showLag);
  }

  private void ended(UnitEnded unit) {
    ObservedDelivery delivery = unit.unit().delivery();
    Meters meters = delivery.isTemporary() ? null : open.get(delivery.name());
    if (meters != null) {
      meters.ended(unit);
    }
  }

  private final class Meters {

    private final List<Meter> all = new ArrayList<>();
    private final Map<TransactionStatus, Counter> units = new EnumMap<>(TransactionStatus.class);
    private final MultiGauge lag;
    private final DistributionSummary sizes;
    private final Timer times;

    /** Which delivery is asked; another one once it is replaced. */
    private volatile ObservedDelivery delivery;

    private boolean isClosed;

    Meters(ObservedDelivery delivery) {
      this.delivery = delivery;
      Tags tags = Tags.of("delivery", delivery.name());
      OUTCOMES.forEach(
          (counter, outcome) ->
              count(
                  counter,
                  "handfast.delivery.messages",
                  "Messages by what became of them.",
                  tags.and("outcome", outcome)));
      count(
          "received",
          "handfast.delivery.received.messages",
          "Messages taken from the source, repeats included.",
          tags);
      count(
          "redelivered",
          "handfast.delivery.redelivered.messages",
          "Messages taken that had been in some consumer's hand before.",
          tags);
      for (Delivery.State state : Delivery.State.values()) {
        all.add(
            Gauge.builder(
                    "handfast.delivery.state",
                    this,
                    known -> known.delivery.state() == state ? 1 : 0)
                .description("1 for the state that the delivery is in, 0 for the others.")
                .tags(tags.and("state", WireName.of(state)))
                .register(registry));
      }
      all.add(
          Gauge.builder("handfast.delivery.consumers", this, known -> known.delivery.unitsInHand())
              .description("Consumers that are alive, and clients that have pulled messages.")
              .tags(tags)
              .register(registry));
      all.add(
          Gauge.builder("handfast.delivery.dead.letter.queue.messages", this, Meters::depth)
              .description("Messages in the dead-letter queue, as asked every few seconds.")
              .tags(tags)
              .register(registry));
      lag =
          MultiGauge.builder("handfast.delivery.lag")
              .description("Offsets between the position and the end of a partition.")
              .tags(tags)
              .register(registry);
      for (TransactionStatus end : ENDS) {
        units.put(
            end,
            Counter.builder("handfast.units")
                .description("Units of work of consumers by how they ended.")
                .tags(tags.and("outcome", WireName.of(end)))
                .register(registry));
      }
      all.addAll(units.values());
      sizes =
          DistributionSummary.builder("handfast.unit.messages")
              .description("Messages in one unit of work of a consumer.")
              .tags(tags)
              .serviceLevelObjectives(1, 10, 50, 100, 200, 500, 1000)
              .register(registry);
      times =
          Timer.builder("handfast.unit")
              .description("Time of a unit of work, from when its messages had come to its end.")
              .tags(tags)
              .serviceLevelObjectives(HistogramBuckets.MILLISECONDS_TO_MINUTES)
              .register(registry);
      all.add(sizes);
      all.add(times);
    }

    /** One series a partition, of those that are known; a series for each would have no end. */
    synchronized void showLag() {
      if (isClosed) {
        return;
      }
      List<MultiGauge.Row<?>> rows = new ArrayList<>();
      depths.lags(delivery.source().queueName()).entrySet().stream()
          .limit(MOST_PARTITIONS)
          .filter(known -> known.getValue() != null)
          .forEach(
              known ->
                  rows.add(
                      MultiGauge.Row.of(
                          Tags.of("partition", known.getKey().toString()), known.getValue())));
      lag.register(rows, true);
    }

    synchronized void close() {
      isClosed = true;
      lag.register(List.of(), true);
      all.forEach(registry::remove);
    }

    private double depth() {
      Long depth = depths.of(delivery.deadLetterQueue());
      return depth == null ? Double.NaN : depth;
    }

    private void count(String counter, String name, String description, Tags tags) {
      all.add(
          FunctionCounter.builder(
                  name,
                  this,
                  known -> known.delivery.counts().getOrDefault(counter, 0L).doubleValue())
              .description(description)
              .tags(tags)
              .register(registry));
    }

    void ended(UnitEnded unit) {
      Counter counter = units.get(unit.outcome().status());
      if (counter != null) {
        counter.increment();
      }
      sizes.record(unit.unit().messages().size());
      times.record(unit.nanos(), TimeUnit.NANOSECONDS);
    }
  }
}

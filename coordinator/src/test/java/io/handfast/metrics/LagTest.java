package io.handfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.event.Event.DeliveryClosed;
import io.handfast.event.Event.DeliveryOpened;
import io.handfast.event.ObservedDelivery;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Source;
import io.handfast.node.Participants;
import io.handfast.queue.QueueDepths;
import io.handfast.queue.QueueDepths.Elsewhere;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The lag of a partition is what was found last, and no number where that is not known. */
class LagTest {

  private static final Source TOPIC = Source.ofPartitions("orders", "mine", Source.Start.EARLIEST);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final QueueDepths depths =
      new QueueDepths(new Participants(new InMemoryBroker(), Map.of()));
  private final Metrics metrics = new Metrics(registry, depths);

  private record Opened(Source source) implements ObservedDelivery {

    @Override
    public String name() {
      return "orders";
    }

    @Override
    public Enum<?> guarantee() {
      return Source.Start.EARLIEST;
    }

    @Override
    public String deadLetterQueue() {
      return "database/orders";
    }

    @Override
    public boolean isTemporary() {
      return false;
    }

    @Override
    public Enum<?> state() {
      return Source.Start.EARLIEST;
    }

    @Override
    public int unitsInHand() {
      return 0;
    }

    @Override
    public Map<String, Long> counts() {
      return Map.of();
    }
  }

  private void learn(@Nullable Long... lags) {
    Elsewhere found = new Elsewhere();
    SortedMap<Integer, @Nullable Long> byPartition = new TreeMap<>();
    for (int i = 0; i < lags.length; i++) {
      byPartition.put(i, lags[i]);
    }
    if (lags.length > 0) {
      found.lags().put(TOPIC.queueName(), byPartition);
    }
    depths.learn(found);
    metrics.lagChanged();
  }

  private Map<String, Double> shown() {
    Map<String, Double> shown = new TreeMap<>();
    for (Gauge gauge : registry.find("handfast.delivery.lag").gauges()) {
      shown.put(String.valueOf(gauge.getId().getTag("partition")), gauge.value());
    }
    return shown;
  }

  @Test
  void aPartitionThatIsNotKnownHasNoValue() {
    metrics.on(new DeliveryOpened(new Opened(TOPIC)));
    learn(7L, null, 0L);
    assertThat(shown()).isEqualTo(Map.of("0", 7.0, "2", 0.0));
    assertThat(depths.of(TOPIC.queueName())).as("the sum of some is none").isNull();

    learn(5L, 1L, 0L);
    assertThat(shown()).isEqualTo(Map.of("0", 5.0, "1", 1.0, "2", 0.0));
    assertThat(depths.of(TOPIC.queueName())).isEqualTo(6);

    learn();
    assertThat(shown()).as("the cluster does not answer").isEmpty();
    assertThat(depths.of(TOPIC.queueName())).isNull();
  }

  @Test
  void aDeliveryThatIsGoneOrReadsElsewhereShowsNothing() {
    Opened opened = new Opened(TOPIC);
    metrics.on(new DeliveryOpened(opened));
    learn(7L);
    metrics.on(new DeliveryOpened(new Opened(Source.ofQueue("orders"))));
    metrics.lagChanged();
    assertThat(shown()).isEmpty();

    metrics.on(new DeliveryOpened(opened));
    metrics.lagChanged();
    assertThat(shown()).hasSize(1);
    metrics.on(new DeliveryClosed(opened));
    metrics.lagChanged();
    assertThat(shown()).isEmpty();
  }

  @Test
  void aTopicOfManyPartitionsDoesNotFlood() {
    metrics.on(new DeliveryOpened(new Opened(TOPIC)));
    Long[] many = new Long[1_500];
    Arrays.fill(many, 1L);

    learn(many);

    assertThat(shown()).hasSize(1_000);
  }
}

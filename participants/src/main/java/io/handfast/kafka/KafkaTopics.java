package io.handfast.kafka;

import io.handfast.message.BrokerException;
import io.handfast.message.ByteBudget;
import io.handfast.message.GroupState;
import io.handfast.message.LeaseBound;
import io.handfast.message.MessageLimits;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Range;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceCapabilities;
import io.handfast.message.SourceCapabilities.Capability;
import io.handfast.message.SourceConnector;
import io.handfast.message.SourceSession;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a Kafka cluster as sources. Safe for use by many threads.
 *
 * <p>Each session is a member of its group on connections of its own.
 */
public final class KafkaTopics implements SourceConnector, AutoCloseable {

  private static final SourceCapabilities CAPABILITIES =
      SourceCapabilities.of("kafka", Capability.TOPICS, Capability.GROUPS, Capability.POSITIONS);

  private final ClientSettings settings;
  private final KafkaFailures failures;
  private final Cluster cluster;
  private final ByteBudget inFlight;
  private final MessageLimits limits;

  /**
   * Connects to nothing yet.
   *
   * @param settings by the names of Kafka's own client, such as {@code bootstrap.servers}
   * @throws IllegalArgumentException the addresses of the brokers are missing, or a setting
   *     contradicts what the protocol needs
   */
  public KafkaTopics(Map<String, String> settings, MessageLimits limits) {
    this.settings = new ClientSettings(settings, limits);
    this.failures = new KafkaFailures(this.settings.brokers());
    this.cluster = new Cluster(this.settings, failures);
    this.inFlight = new ByteBudget(limits.inFlight());
    this.limits = limits;
  }

  /** Where the brokers are. */
  public String brokers() {
    return settings.brokers();
  }

  /** Keys that no client of Kafka knows: they are passed on, and are probably mistyped. */
  public List<String> unknownKeys() {
    return settings.unknownKeys();
  }

  @Override
  public SourceCapabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public @Nullable String selectorProblem(String selector) {
    return "a topic of Kafka has none: a position stands for all messages before it";
  }

  @Override
  public Optional<LeaseBound> leaseBound() {
    return Optional.of(settings.leaseBound());
  }

  @Override
  public PositionedSession openPositioned() throws BrokerException {
    return new KafkaSession(this::consumer, cluster, failures, inFlight, limits.unit());
  }

  private Consumer<byte[], byte[]> consumer(String group) throws BrokerException {
    try {
      return new KafkaConsumer<>(settings.ofConsumer(group));
    } catch (KafkaException e) {
      throw failures.of(e, group);
    }
  }

  @Override
  public Map<Partition, Range> ranges(String topic) throws BrokerException {
    Map<Partition, Long> starts = cluster.offsets(topic, OffsetSpec.earliest());
    Map<Partition, Long> ends = cluster.offsets(topic, OffsetSpec.latest());
    Map<Partition, Range> ranges = new TreeMap<>();
    starts.forEach(
        (partition, start) ->
            ranges.put(partition, new Range(start, ends.getOrDefault(partition, start))));
    return ranges;
  }

  @Override
  public Map<Partition, Long> offsetsAt(String topic, Instant time) throws BrokerException {
    Map<Partition, Long> ends = cluster.offsets(topic, OffsetSpec.latest());
    Map<Partition, Long> offsets =
        new TreeMap<>(cluster.offsets(topic, OffsetSpec.forTimestamp(time.toEpochMilli())));
    offsets.replaceAll(
        (partition, offset) -> offset < 0 ? ends.getOrDefault(partition, 0L) : offset);
    return offsets;
  }

  @Override
  public void forget(String topic, String group) throws BrokerException {
    cluster.forget(topic, group);
  }

  @Override
  public GroupState group(String topic, String group) throws BrokerException {
    return cluster.group(topic, group);
  }

  @Override
  public SourceSession openLocal(Prefetch intake) throws BrokerException {
    return openPositioned();
  }

  @Override
  public SourceSession openXa(Prefetch intake) {
    throw new UnsupportedOperationException("Kafka has no branches");
  }

  /** Closes what all sessions share; they are closed before. */
  @Override
  public void close() {
    cluster.close();
  }
}

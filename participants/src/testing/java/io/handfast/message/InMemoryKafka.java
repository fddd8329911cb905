package io.handfast.message;

import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.PositionedSession.Range;
import io.handfast.message.SourceCapabilities.Capability;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Topics in memory whose partitions keep their messages, behind the contract of {@link
 * PositionedSession} as Kafka is.
 *
 * <p>It has no threads and waits for nothing: where a caller is ready to wait, its clock goes on.
 * What a group has kept outlives sessions. Used by one thread at a time.
 */
public final class InMemoryKafka implements SourceConnector {

  private static final SourceCapabilities CAPABILITIES =
      SourceCapabilities.of(
          "in-memory-log", Capability.TOPICS, Capability.GROUPS, Capability.POSITIONS);

  private static final String CLUSTER = "cluster";

  private final Consumer<String> steps;
  private final InMemoryBroker.Time time;
  private final Map<String, InMemoryTopic> topics = new TreeMap<>();
  private final Map<String, InMemoryGroup> groups = new TreeMap<>();
  private final Set<InMemoryKafkaSession> sessions = new LinkedHashSet<>();
  private int created;

  /** One whose steps are not watched. */
  public InMemoryKafka() {
    this(step -> {});
  }

  /** One with a clock of its own, whose steps are told before they happen. */
  public InMemoryKafka(Consumer<String> steps) {
    this(steps, new InMemoryBroker.OwnTime());
  }

  /**
   * One without topics.
   *
   * @param steps is told of each receive and each kept position before it happens
   */
  public InMemoryKafka(Consumer<String> steps, InMemoryBroker.Time time) {
    this.steps = steps;
    this.time = time;
  }

  /** Creates a topic, also where one of this name was deleted. */
  public InMemoryKafka create(String topic, int partitions) {
    InMemoryTopic made = new InMemoryTopic(CLUSTER, "topic" + ++created, topic);
    made.addPartitions(partitions);
    topics.put(topic, made);
    return this;
  }

  public void addPartitions(String topic, int total) {
    topic(topic).addPartitions(total);
  }

  public void delete(String topic) {
    topics.remove(topic);
  }

  /** Puts a message into a partition; returns its offset. */
  public long put(String topic, int partition, String body) {
    return put(topic, partition, null, MessageBody.ofText(body), Map.of());
  }

  /** Puts a message with a key and headers into a partition; returns its offset. */
  public long put(
      String topic,
      int partition,
      @Nullable MessageBody key,
      MessageBody body,
      Map<String, Object> headers) {
    return topic(topic).log(partition).add(key, body, headers, now());
  }

  /** The next offset of a partition has no message. */
  public void skip(String topic, int partition) {
    topic(topic).log(partition).skip();
  }

  /** What a partition has before an offset is kept no longer. */
  public void retainFrom(String topic, int partition, long offset) {
    topic(topic).log(partition).retainFrom(offset);
  }

  /** A partition gets a leader that has nothing from an offset on. */
  public void electLeader(String topic, int partition, long lastOffset) {
    topic(topic).log(partition).electLeader(lastOffset);
  }

  /** Keeps a position for a group, as an earlier program may have. */
  public void keep(String group, String topic, int partition, long offset) {
    group(group).keep(topic(topic).log(partition).partition(), new Position(offset, -1));
  }

  /** The offset that a group has kept of a partition; -1 where it has none. */
  public long kept(String group, String topic, int partition) {
    return group(group)
        .kept(topic(topic).log(partition).partition())
        .map(Position::offset)
        .orElse(-1L);
  }

  /** All messages of a topic. */
  public List<PartitionMessage> messagesIn(String topic) {
    return topic(topic).partitions().stream()
        .map(topic(topic)::log)
        .flatMap(log -> log.orElseThrow().from(Position.BEGINNING, Integer.MAX_VALUE).stream())
        .toList();
  }

  /**
   * The group takes a session's partitions away, as where its process stands still. The session
   * does not know: it gives out what it has fetched already.
   */
  public void expel(SourceSession session) {
    if (session instanceof InMemoryKafkaSession member) {
      member.leaveGroup();
    }
  }

  /** Ends all sessions. */
  public void restart() {
    List.copyOf(sessions).forEach(InMemoryKafkaSession::abandon);
  }

  void opened(InMemoryKafkaSession session) {
    sessions.add(session);
  }

  void closed(InMemoryKafkaSession session) {
    sessions.remove(session);
  }

  void step(String step) {
    steps.accept(step);
  }

  long now() {
    return time.millis();
  }

  void passUntil(long millis) {
    time.passUntil(millis);
  }

  InMemoryTopic topic(String name) {
    InMemoryTopic topic = topics.get(name);
    if (topic == null) {
      throw new IllegalArgumentException("no topic " + name);
    }
    return topic;
  }

  InMemoryTopic known(@Nullable String name) throws BrokerException {
    InMemoryTopic topic = topics.get(name);
    if (topic == null) {
      String rule = "a topic that exists; there is none of this name";
      throw new TargetRefusedException(String.valueOf(name), rule);
    }
    return topic;
  }

  InMemoryGroup group(String name) {
    return groups.computeIfAbsent(name, any -> new InMemoryGroup());
  }

  @Override
  public Map<Partition, Range> ranges(String name) throws BrokerException {
    InMemoryTopic topic = known(name);
    Map<Partition, Range> ranges = new TreeMap<>();
    for (Partition partition : topic.partitions()) {
      InMemoryTopic.Log log = topic.log(partition).orElseThrow();
      ranges.put(partition, new Range(log.start(), log.end()));
    }
    return ranges;
  }

  @Override
  public Map<Partition, Long> offsetsAt(String name, Instant time) throws BrokerException {
    InMemoryTopic topic = known(name);
    Map<Partition, Long> offsets = new TreeMap<>();
    for (Partition partition : topic.partitions()) {
      InMemoryTopic.Log log = topic.log(partition).orElseThrow();
      long first =
          log.from(Position.BEGINNING, Integer.MAX_VALUE).stream()
              .filter(message -> message.timestamp() >= time.toEpochMilli())
              .mapToLong(PartitionMessage::number)
              .findFirst()
              .orElse(log.end());
      offsets.put(partition, first);
    }
    return offsets;
  }

  /** Knows neither users nor other programs. */
  @Override
  public GroupState group(String name, String group) throws BrokerException {
    return new GroupState(
        known(name).partitions().size(), List.of(), List.of(), Duration.ofMinutes(6));
  }

  @Override
  public void forget(String topic, String group) throws BrokerException {
    known(topic);
    if (!group(group).forget(topic)) {
      throw new TargetRefusedException(group, "a group without consumers");
    }
  }

  @Override
  public SourceCapabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public @Nullable String selectorProblem(String selector) {
    return "messages of a partition are read in their order, all of them";
  }

  @Override
  public PositionedSession openPositioned() {
    return new InMemoryKafkaSession(this);
  }

  @Override
  public PositionedSession openLocal(Prefetch intake) {
    return openPositioned();
  }

  @Override
  public SourceSession openXa(Prefetch intake) {
    throw new UnsupportedOperationException("no branches");
  }
}

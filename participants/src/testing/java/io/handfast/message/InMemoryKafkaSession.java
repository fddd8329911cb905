package io.handfast.message;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A session at topics in memory. */
final class InMemoryKafkaSession implements PositionedSession {

  /** So many messages of a partition are fetched at once; what is not handed out waits here. */
  private static final int FETCHED = 10;

  private final InMemoryKafka kafka;
  private final Set<Partition> waiting = new TreeSet<>();
  private final Map<Partition, Long> resting = new TreeMap<>();
  private final Map<Partition, Position> begun = new TreeMap<>();
  private final Map<Partition, Failed> failed = new TreeMap<>();
  private final Map<Partition, Position> received = new TreeMap<>();
  private final Map<Partition, Position> passed = new TreeMap<>();
  private final Deque<PartitionMessage> fetched = new ArrayDeque<>();
  private @Nullable Source source;
  private boolean isWoken;
  private boolean isClosed;

  InMemoryKafkaSession(InMemoryKafka kafka) {
    this.kafka = kafka;
    kafka.opened(this);
  }

  private Source source() {
    Source from = source;
    if (from == null) {
      throw new IllegalStateException("consume() comes before all else");
    }
    return from;
  }

  private Source.Group reader() {
    return Objects.requireNonNull(source().group());
  }

  private InMemoryGroup group() {
    return kafka.group(reader().name());
  }

  private InMemoryTopic topic() throws BrokerException {
    return kafka.known(source().topic());
  }

  @Override
  public void consume(Source from) throws BrokerException {
    requireOpen();
    kafka.known(from.topic());
    source = from;
  }

  @Override
  public Optional<Refusal> refusalOf(Source from) throws BrokerException {
    requireOpen();
    try {
      kafka.known(from.topic());
      return Optional.empty();
    } catch (BrokerException e) {
      return e.refusal();
    }
  }

  @Override
  public List<Partition> assigned() {
    resting.values().removeIf(until -> until <= kafka.now());
    return waiting.stream().filter(one -> !resting.containsKey(one)).toList();
  }

  @Override
  public Map<Partition, Position> first() throws BrokerException {
    requireOpen();
    kafka.step("first positions");
    Map<Partition, Position> first = new LinkedHashMap<>();
    InMemoryTopic topic = topic();
    for (Partition partition : topic.partitions()) {
      InMemoryTopic.Log log = topic.log(partition).orElseThrow();
      boolean isLatest = reader().from() == Source.Start.LATEST;
      Position own = new Position(isLatest ? log.end() : log.start(), -1);
      first.put(partition, group().kept(partition).orElse(own));
    }
    return first;
  }

  @Override
  public void begin(Partition partition, Position from, Failed failure) throws BrokerException {
    requireOpen();
    if (waiting.remove(partition)) {
      begun.put(partition, from);
      failed.put(partition, failure);
    }
  }

  @Override
  public void again(Partition partition) {
    drop(partition);
    passed.remove(partition);
    if (begun.remove(partition) != null) {
      waiting.add(partition);
    }
  }

  @Override
  public void rest(Partition partition, Duration time) {
    if (waiting.contains(partition)) {
      resting.put(partition, kafka.now() + time.toMillis());
    }
  }

  /** No longer than until a partition has rested. */
  private long atMost(Duration wait) {
    long end = kafka.now() + wait.toMillis();
    return resting.values().stream().mapToLong(Long::longValue).reduce(end, Math::min);
  }

  private void drop(Partition partition) {
    fetched.removeIf(message -> message.place().partition().equals(partition));
  }

  /** The group has taken its partitions away, and it does not know. */
  void leaveGroup() {
    if (source != null) {
      group().leave(this);
    }
  }

  /** What the client does inside a poll: joins, gives back, takes. */
  private void settleGroup() throws BrokerException {
    InMemoryGroup group = group();
    if (!group.isMember(this)) {
      waiting.clear();
      resting.clear();
      begun.clear();
      group.join(this);
    }
    Set<Partition> mine = group.settle(this, topic().partitions());
    waiting.retainAll(mine);
    resting.keySet().retainAll(mine);
    begun.keySet().retainAll(mine);
    fetched.removeIf(message -> !begun.containsKey(message.place().partition()));
    for (Partition partition : mine) {
      if (!begun.containsKey(partition)) {
        waiting.add(partition);
      }
    }
  }

  private void fetch() throws BrokerException {
    for (Map.Entry<Partition, Position> one : begun.entrySet()) {
      Partition partition = one.getKey();
      InMemoryTopic.Log log = topic().log(partition).orElseThrow();
      String problem = log.problem(one.getValue());
      if (problem != null) {
        Position lost = one.getValue();
        again(partition);
        throw new PositionLostException(partition, lost, problem);
      }
      List<PartitionMessage> next = log.from(one.getValue(), FETCHED);
      for (PartitionMessage message : next) {
        fetched.add(read(message));
        one.setValue(after(message));
      }
      if (next.isEmpty() && log.end() > one.getValue().offset()) {
        one.setValue(new Position(log.end(), one.getValue().epoch()));
        passed.put(partition, one.getValue());
      }
    }
  }

  private static Position after(PartitionMessage message) {
    Position at = message.place().at();
    return new Position(at.offset() + 1, at.epoch());
  }

  private PartitionMessage read(PartitionMessage message) {
    MessageBody key = message.key();
    return source().group().format() != Source.Format.BYTES
        ? message
        : new PartitionMessage(
            message.place(),
            key == null ? null : key.octets(),
            message.content().octets(),
            message.headers(),
            message.timestamp(),
            message.failures());
  }

  private PartitionMessage counted(PartitionMessage message) {
    Failed failure = failed.getOrDefault(message.place().partition(), Failed.NONE);
    return new PartitionMessage(
        message.place(),
        message.key(),
        message.content(),
        message.headers(),
        message.timestamp(),
        failure.offset() == message.number() ? failure.attempts() : 0,
        reader().idOf(message.headers()));
  }

  @Override
  public List<Message> receive(int max, Duration wait) throws BrokerException {
    requireOpen();
    kafka.step("receive");
    if (isWoken) {
      isWoken = false;
      return List.of();
    }
    if (fetched.isEmpty()) {
      settleGroup();
      fetch();
    }
    if (fetched.isEmpty() && assigned().isEmpty()) {
      kafka.passUntil(atMost(wait));
      requireOpen();
      settleGroup();
      fetch();
    }
    List<Message> messages = new ArrayList<>();
    while (messages.size() < max && !fetched.isEmpty()) {
      PartitionMessage next = fetched.remove();
      messages.add(counted(next));
      received.put(next.place().partition(), after(next));
    }
    return messages;
  }

  @Override
  public void rest(Duration time) throws BrokerException {
    requireOpen();
    kafka.step("rest");
    if (!isWoken) {
      kafka.passUntil(kafka.now() + time.toMillis());
    }
    isWoken = false;
    requireOpen();
    settleGroup();
  }

  @Override
  public List<Advance> received() {
    return received.entrySet().stream()
        .map(one -> new Advance(one.getKey(), one.getValue()))
        .toList();
  }

  @Override
  public List<Advance> passed() {
    List<Advance> now =
        passed.entrySet().stream()
            .filter(one -> begun.containsKey(one.getKey()))
            .map(one -> new Advance(one.getKey(), one.getValue()))
            .toList();
    passed.clear();
    return now;
  }

  @Override
  public void keep(Collection<Advance> applied) throws BrokerException {
    requireOpen();
    kafka.step("keep positions");
    if (!group().isMember(this)) {
      throw new BrokerException("the group has given this session's partitions to others");
    }
    applied.forEach(one -> group().keep(one.partition(), one.next()));
  }

  @Override
  public void tell(Collection<Advance> applied) {
    if (!isClosed && group().isMember(this)) {
      applied.forEach(one -> group().keep(one.partition(), one.next()));
    }
  }

  @Override
  public void wakeUp() {
    isWoken = true;
  }

  @Override
  public void settled() {
    received.clear();
  }

  @Override
  public void rollback() throws BrokerException {
    requireOpen();
    List.copyOf(received.keySet()).forEach(this::again);
    received.clear();
  }

  private void requireOpen() throws BrokerException {
    if (isClosed) {
      throw new BrokerException("the session is closed");
    }
  }

  @Override
  public void close() {
    abandon();
  }

  @Override
  public void abandon() {
    if (!isClosed) {
      leaveGroup();
      isClosed = true;
      kafka.closed(this);
    }
  }
}

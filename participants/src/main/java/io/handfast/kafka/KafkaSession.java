package io.handfast.kafka;

import io.handfast.concurrent.Deadline;
import io.handfast.kafka.Cluster.Topic;
import io.handfast.message.BrokerException;
import io.handfast.message.ByteBudget;
import io.handfast.message.Message;
import io.handfast.message.PositionLostException;
import io.handfast.message.PositionedSession;
import io.handfast.message.Refusal;
import io.handfast.message.Source;
import io.handfast.message.TargetRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group at Kafka, behind the port of sources with positions.
 *
 * <p>Kafka assigns partitions, and takes them away, inside a poll. A partition is paused while it
 * waits for {@link #begin}; records of a partition that does not give are dropped, whatever the
 * client's own marks say: a rebalance may lose them.
 */
final class KafkaSession implements PositionedSession {

  /** Opens a consumer for a group. */
  @FunctionalInterface
  interface Opening {
    Consumer<byte[], byte[]> consumer(String group) throws BrokerException;
  }

  private final Opening opening;
  private final Cluster cluster;
  private final KafkaFailures failures;
  private final ByteBudget inFlight;
  private final long unit;
  private final Assignment assignment = new Assignment();
  private final Fetched fetched = new Fetched();
  private final Told told = new Told();
  private final Map<Partition, Position> received = new TreeMap<>();
  private final Map<Partition, Position> passed = new TreeMap<>();
  private @Nullable Source source;
  private @Nullable TopicWatch watch;
  private volatile @Nullable GuardedConsumer guarded;
  private volatile boolean isClosed;
  private long held;

  KafkaSession(
      Opening opening, Cluster cluster, KafkaFailures failures, ByteBudget inFlight, long unit) {
    this.opening = opening;
    this.cluster = cluster;
    this.failures = failures;
    this.inFlight = inFlight;
    this.unit = unit;
  }

  /** What Kafka says of this member's partitions, inside a poll. */
  private final class Rebalances implements ConsumerRebalanceListener {

    private final GuardedConsumer consumer;
    private final Consumer<byte[], byte[]> client;

    Rebalances(GuardedConsumer consumer, Consumer<byte[], byte[]> client) {
      this.consumer = consumer;
      this.client = client;
    }

    /** A place to seek from keeps the client from looking for one, and failing without. */
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (consumer.isEnding() || partitions.isEmpty()) {
        return;
      }
      partitions.forEach(partition -> client.seek(partition, 0));
      client.pause(partitions);
      numbers(partitions).forEach(fetched::drop);
      passed.clear();
      assignment.add(numbers(partitions));
      watch().look();
      consumer.endPoll();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!consumer.isEnding()) { // else the session is not this thread's
        numbers(partitions).forEach(fetched::drop);
        partitions.forEach(told::remove);
        assignment.remove(numbers(partitions));
      }
    }

    private static List<Integer> numbers(Collection<TopicPartition> partitions) {
      return partitions.stream().map(TopicPartition::partition).toList();
    }
  }

  private Source source() {
    return Objects.requireNonNull(source, "consume() comes before all else");
  }

  private Source.Group reader() {
    return Objects.requireNonNull(source().group(), "no source with positions");
  }

  private TopicWatch watch() {
    return Objects.requireNonNull(watch, "consume() comes before all else");
  }

  private TopicPartition of(int number) {
    return new TopicPartition(source().name(), number);
  }

  private GuardedConsumer open() throws BrokerException {
    GuardedConsumer consumer = guarded;
    if (consumer == null || isClosed) {
      throw new BrokerException("the session is closed");
    }
    return consumer;
  }

  private <T> T call(Function<Consumer<byte[], byte[]>, T> action) throws BrokerException {
    try {
      return open().call(action);
    } catch (KafkaException | IllegalStateException e) {
      throw failures.of(e, source().name());
    }
  }

  private void run(java.util.function.Consumer<Consumer<byte[], byte[]>> action)
      throws BrokerException {
    call(
        consumer -> {
          action.accept(consumer);
          return true;
        });
  }

  @Override
  public void consume(Source from) throws BrokerException {
    if (guarded != null) {
      if (!from.equals(source)) {
        throw new TargetRefusedException(
            from.name(), "the topic of this session, which takes messages from that one alone");
      }
      return;
    }
    Topic topic = cluster.readable(from.name());
    source = from;
    watch = new TopicWatch(cluster, topic);
    Consumer<byte[], byte[]> client = opening.consumer(reader().name());
    GuardedConsumer consumer = new GuardedConsumer(client);
    guarded = consumer;
    if (isClosed) { // meanwhile, by another thread
      consumer.close();
    }
    run(known -> known.subscribe(List.of(from.name()), new Rebalances(consumer, client)));
    // A poll says nothing of a group that has no coordinator, and waits: this fails in time.
    call(known -> known.committed(Set.of(of(0))));
  }

  @Override
  public Optional<Refusal> refusalOf(Source from) throws BrokerException {
    try {
      consume(from);
      return Optional.empty();
    } catch (BrokerException e) {
      return Optional.of(e.refusal().orElseThrow(() -> e));
    }
  }

  @Override
  public List<Partition> assigned() throws BrokerException {
    Set<Integer> waiting = assignment.waiting();
    if (waiting.isEmpty()) {
      return List.of();
    }
    Topic topic = watch().topic();
    return waiting.stream().map(topic::partition).sorted().toList();
  }

  @Override
  public Map<Partition, Position> first() throws BrokerException {
    Topic topic = watch().topic();
    return new FirstPositions(topic, reader().from()).of(this::call);
  }

  @Override
  public void begin(Partition partition, Position from, Failed failed) throws BrokerException {
    if (!watch().topic().partition(partition.number()).equals(partition)
        || !assignment.begin(partition, from, failed)) {
      return; // it was taken away
    }
    TopicPartition begun = of(partition.number());
    run(
        consumer -> {
          consumer.seek(begun, Offsets.of(from, ""));
          consumer.resume(List.of(begun));
        });
    told.add(Offsets.of(List.of(new Advance(partition, from))));
  }

  @Override
  public void again(Partition partition) {
    if (!assignment.again(partition)) {
      return;
    }
    fetched.drop(partition.number());
    passed.remove(partition);
    try {
      run(consumer -> consumer.pause(List.of(of(partition.number()))));
    } catch (BrokerException e) {
      // Not paused, or closed: what it gives is dropped.
    }
  }

  @Override
  public void rest(Partition partition, Duration time) throws BrokerException {
    if (watch().topic().partition(partition.number()).equals(partition)) {
      assignment.rest(partition.number(), time);
    }
  }

  @Override
  public List<Message> receive(int max, Duration wait) throws BrokerException {
    inFlight.awaitRoom();
    watch().requireSame();
    if (fetched.isEmpty()) {
      poll(assignment.atMost(wait));
      if (fetched.isEmpty()) {
        notePassed();
        tellNow();
      }
    }
    List<Message> messages = new ArrayList<>();
    long bytes = 0;
    boolean mayTakeMore = max > 0;
    while (mayTakeMore && !fetched.isEmpty()) {
      ConsumerRecord<byte[], byte[]> next = fetched.peek();
      Assignment.Giving from = assignment.giving(next.partition());
      if (next.leaderEpoch().orElse(from.epoch()) < from.epoch()) {
        if (messages.isEmpty()) {
          again(from.partition());
          throw from.olderLeader(next);
        }
        break; // those before it are a unit of their own
      }
      long size = RecordReader.sizeOf(next);
      boolean isRoomLeft = hold(size);
      bytes += size;
      messages.add(taken(fetched.remove(), from));
      mayTakeMore = isRoomLeft && bytes < unit && messages.size() < max;
    }
    received.replaceAll((one, next) -> fetched.passed(of(one.number()), next));
    return messages;
  }

  private Message taken(ConsumerRecord<byte[], byte[]> record, Assignment.Giving from) {
    received.put(from.partition(), RecordReader.after(record));
    from.reaches(record.leaderEpoch().orElse(-1));
    return RecordReader.read(record, from.partition(), from.failures(record.offset()), reader());
  }

  private void notePassed() {
    for (int number : assignment.giving()) {
      Assignment.Giving from = assignment.giving(number);
      Position end = fetched.end(of(number));
      if (from != null && end != null) {
        passed.put(from.partition(), end);
      }
    }
  }

  /** Waits for records, and keeps those of partitions that give. */
  private boolean poll(Duration wait) throws BrokerException {
    try {
      GuardedConsumer.Polled now = open().poll(wait);
      fetched.add(now.records(), number -> assignment.giving(number) != null);
      return now.isWoken();
    } catch (OffsetOutOfRangeException e) {
      throw lost(e);
    } catch (KafkaException | IllegalStateException e) {
      throw failures.of(e, source().name());
    }
  }

  private BrokerException lost(OffsetOutOfRangeException failure) throws BrokerException {
    Map.Entry<TopicPartition, Long> first =
        failure.offsetOutOfRangePartitions().entrySet().iterator().next();
    TopicPartition lost = first.getKey();
    watch().look();
    Partition partition = watch().topic().partition(lost.partition()); // fails where it is another
    again(partition);
    long start = call(consumer -> consumer.beginningOffsets(Set.of(lost)).get(lost));
    long end = call(consumer -> consumer.endOffsets(Set.of(lost)).get(lost));
    String now = "the partition has offsets %d to %d".formatted(start, end);
    boolean isCut = failure instanceof LogTruncationException;
    return new PositionLostException(
        partition,
        new Position(first.getValue(), -1),
        isCut
            ? "another leader was elected that had not all messages before it (%s)".formatted(now)
            : now);
  }

  private synchronized boolean hold(long bytes) {
    if (isClosed) { // by another thread: nothing would release them
      return false;
    }
    held += bytes;
    return inFlight.add(bytes);
  }

  @Override
  public void settled() {
    release();
    received.clear();
  }

  private synchronized void release() {
    inFlight.release(held);
    held = 0;
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
            .filter(one -> isGiving(one.getKey()))
            .map(one -> new Advance(one.getKey(), one.getValue()))
            .toList();
    passed.clear();
    return now;
  }

  private boolean isGiving(Partition partition) {
    Assignment.Giving known = assignment.giving(partition.number());
    return known != null && known.partition().equals(partition);
  }

  @Override
  public void keep(Collection<Advance> applied) throws BrokerException {
    Map<TopicPartition, OffsetAndMetadata> offsets = Offsets.of(applied);
    run(consumer -> consumer.commitSync(offsets));
    offsets.keySet().forEach(told::remove);
  }

  @Override
  public void tell(Collection<Advance> applied) {
    told.add(Offsets.of(applied));
    if (told.isDue()) {
      tellNow();
    }
  }

  private void tellNow() {
    try {
      run(told::tell);
    } catch (BrokerException e) {
      // The next one tells more; what does not answer is noticed where messages are received.
    }
  }

  @Override
  public void rollback() {
    List.copyOf(received.keySet()).forEach(this::again);
    received.clear();
  }

  @Override
  public void rest(Duration time) throws BrokerException {
    Deadline end = Deadline.after(time);
    run(consumer -> consumer.pause(giving()));
    boolean isWoken = false;
    while (!isWoken && !end.isOver()) {
      isWoken = poll(end.left());
    }
    run(consumer -> consumer.resume(giving()));
  }

  private List<TopicPartition> giving() {
    return assignment.giving().stream().map(this::of).toList();
  }

  @Override
  public void wakeUp() {
    GuardedConsumer consumer = guarded;
    if (consumer != null) {
      consumer.wakeUp();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
    }
    GuardedConsumer consumer = guarded;
    if (consumer != null) {
      consumer.close(told::tell);
    }
    release();
  }

  /** Closing waits for no call of the session's thread: it is told to end. */
  @Override
  public void abandon() {
    close();
  }
}

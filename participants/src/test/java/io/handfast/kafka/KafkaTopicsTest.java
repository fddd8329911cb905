package io.handfast.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.concurrent.Deadline;
import io.handfast.message.BrokerException;
import io.handfast.message.GroupState;
import io.handfast.message.Message;
import io.handfast.message.MessageLimits;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.PositionedSession.Range;
import io.handfast.message.PositionedSourceContract;
import io.handfast.message.Source;
import io.handfast.message.SourceConnector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real Kafka keeps the contract. */
class KafkaTopicsTest extends PositionedSourceContract {

  private static final long HEAP = 256L * 1024 * 1024;

  private static Admin admin;
  private static Producer<byte[], byte[]> producer;
  private static Producer<byte[], byte[]> transactional;
  private static KafkaTopics topics;

  @BeforeAll
  static void connect() {
    admin = Admin.create(Map.of("bootstrap.servers", KafkaServer.shared().address()));
    producer = producer(Map.of());
    transactional = producer(Map.of("transactional.id", "contract"));
    transactional.initTransactions();
    topics =
        new KafkaTopics(
            Map.of(
                "bootstrap.servers", KafkaServer.shared().address(), "metadata.max.age.ms", "500"),
            MessageLimits.ofHeap(HEAP));
  }

  private static Producer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("bootstrap.servers", KafkaServer.shared().address());
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void disconnect() {
    topics.close();
    producer.close();
    transactional.close();
    admin.close();
  }

  private TopicPartition partition(int number) {
    return new TopicPartition(topic, number);
  }

  @Override
  protected SourceConnector source() {
    return topics;
  }

  @Override
  protected void create(int partitions) throws Exception {
    KafkaServer.create(admin, List.of(new NewTopic(topic, partitions, (short) 1)));
  }

  @Override
  protected void addPartitions(int total) throws Exception {
    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total))).all().get();
  }

  @Override
  protected void delete() throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
  }

  @Override
  protected void put(
      int partition,
      byte @Nullable [] key,
      byte @Nullable [] body,
      List<Map.Entry<String, byte[]>> headers)
      throws Exception {
    RecordHeaders own = new RecordHeaders();
    headers.forEach(one -> own.add(one.getKey(), one.getValue()));
    producer
        .send(new ProducerRecord<>(topic, partition, null, key, body, own))
        .get(10, TimeUnit.SECONDS);
  }

  @Override
  protected void putRolledBack(int partition, String body) throws Exception {
    transactional.beginTransaction();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    transactional.send(new ProducerRecord<>(topic, partition, null, bytes)).get();
    transactional.abortTransaction();
  }

  @Override
  protected void retainFrom(int partition, long offset) throws Exception {
    admin
        .deleteRecords(Map.of(partition(partition), RecordsToDelete.beforeOffset(offset)))
        .all()
        .get();
  }

  @Override
  protected void keepAsOther(int partition, long offset) throws Exception {
    admin
        .alterConsumerGroupOffsets(
            group, Map.of(partition(partition), new OffsetAndMetadata(offset)))
        .all()
        .get();
  }

  @Override
  protected long kept(int partition) throws Exception {
    OffsetAndMetadata kept =
        admin
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get()
            .get(partition(partition));
    return kept == null ? -1 : kept.offset();
  }

  @Override
  protected void expel(PositionedSession session) throws ExecutionException, InterruptedException {
    admin
        .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
        .all()
        .get();
  }

  @Test
  void aPositionPassesTheMarkersOfTransactions() throws Exception {
    create(1);
    transactional.beginTransaction();
    transactional.send(new ProducerRecord<>(topic, 0, null, new byte[] {'a'})).get();
    transactional.commitTransaction();
    try (PositionedSession session = topics.openPositioned()) {
      session.consume(Source.ofPartitions(topic, group, Source.Start.EARLIEST));
      Deadline deadline = Deadline.after(Duration.ofSeconds(30));
      while (session.received().isEmpty() && !deadline.isOver()) {
        session.receive(1, Duration.ofMillis(100));
        for (Partition assigned : session.assigned()) {
          session.begin(assigned, Position.BEGINNING);
        }
      }

      assertThat(session.received()).extracting(one -> one.next().offset()).containsExactly(2L);
      assertThat(topics.ranges(topic).values()).containsExactly(new Range(0, 2));
    }
  }

  @Test
  void membersOfAnotherProgramAreForeignAndThoseOfHandfastAreNot() throws Exception {
    create(3);
    assertThat(topics.group(topic, group)).isEqualTo(group(List.of()));
    Map<String, Object> other = new HashMap<>();
    other.put("bootstrap.servers", KafkaServer.shared().address());
    other.put("client.id", "reports-7");
    other.put("group.id", group);
    other.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    try (PositionedSession session = topics.openPositioned();
        Consumer<byte[], byte[]> reports =
            new KafkaConsumer<>(other, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      session.consume(Source.ofPartitions(topic, group, Source.Start.EARLIEST));
      while (session.assigned().isEmpty() && !deadline.isOver()) {
        session.receive(1, Duration.ofMillis(100));
      }
      assertThat(topics.group(topic, group)).isEqualTo(group(List.of()));
      reports.subscribe(List.of(topic));
      while (topics.group(topic, group).foreign().isEmpty() && !deadline.isOver()) {
        reports.poll(Duration.ofMillis(100));
        session.receive(1, Duration.ofMillis(100));
      }

      assertThat(topics.group(topic, group)).isEqualTo(group(List.of("reports-7 at 127.0.0.1")));
    }
  }

  private static GroupState group(List<String> foreign) {
    return new GroupState(3, foreign, List.of(), Duration.ofMinutes(6));
  }

  /** What a new session receives from the beginning. */
  private List<Message> received(int count) throws Exception {
    List<Message> received = new ArrayList<>();
    try (PositionedSession session = topics.openPositioned()) {
      session.consume(Source.ofPartitions(topic, group, Source.Start.EARLIEST));
      Deadline deadline = Deadline.after(Duration.ofSeconds(30));
      while (received.size() < count && !deadline.isOver()) {
        session.settled();
        received.addAll(session.receive(count, Duration.ofMillis(100)));
        for (Partition assigned : session.assigned()) {
          session.begin(assigned, Position.BEGINNING);
        }
      }
    }
    return received;
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd"})
  void recordsThatWereCompressedAreRead(String compression) throws Exception {
    create(1);
    try (Producer<byte[], byte[]> compressing = producer(Map.of("compression.type", compression))) {
      byte[] body = "a".repeat(2_000).getBytes(StandardCharsets.UTF_8);
      compressing.send(new ProducerRecord<>(topic, 0, null, body)).get();
    }

    assertThat(received(1)).extracting(Message::body).containsExactly("a".repeat(2_000));
  }

  @Test
  void aRecordThatIsLargerThanAllBoundsIsReceived() throws Exception {
    int size = (int) MessageLimits.ofHeap(HEAP).unit() + 1_000_000;
    Map<String, String> large = Map.of("max.message.bytes", String.valueOf(2 * size));
    KafkaServer.create(admin, List.of(new NewTopic(topic, 1, (short) 1).configs(large)));
    try (Producer<byte[], byte[]> sender =
        producer(Map.of("max.request.size", 2 * size, "buffer.memory", 4L * size))) {
      for (byte[] body : List.of(new byte[size], new byte[] {'a'}, new byte[size])) {
        sender.send(new ProducerRecord<>(topic, 0, null, body)).get();
      }
    }

    assertThat(received(3))
        .extracting(message -> message.body().length())
        .containsExactly(size, 1, size);
  }

  @Test
  void aTopicThatIsCreatedAgainMeanwhileEndsTheSession() throws Exception {
    create(1);
    for (int i = 0; i < 3; i++) {
      put(0, null, new byte[] {'a'}, List.of());
    }
    try (PositionedSession session = topics.openPositioned()) {
      session.consume(Source.ofPartitions(topic, group, Source.Start.EARLIEST));
      Deadline deadline = Deadline.after(Duration.ofSeconds(30));
      while (session.received().isEmpty() && !deadline.isOver()) {
        session.receive(1, Duration.ofMillis(100));
        for (Partition assigned : session.assigned()) {
          session.begin(assigned, Position.BEGINNING);
        }
      }
      delete();
      create(1);

      assertThatThrownBy(
              () -> {
                while (!deadline.isOver()) {
                  session.receive(1, Duration.ofMillis(100));
                  session.assigned();
                }
              })
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining(topic);
    }
  }

  @Test
  void aClusterThatStandsStillIsNoticedAndAnotherSessionGoesOn() throws Exception {
    create(1);
    put(0, null, new byte[] {'a'}, List.of());
    Source source = Source.ofPartitions(topic, group, Source.Start.EARLIEST);
    Map<String, String> impatient =
        Map.of(
            "bootstrap.servers",
            KafkaServer.shared().address(),
            "default.api.timeout.ms",
            "1000",
            "request.timeout.ms",
            "1000",
            "session.timeout.ms", // the next session waits for the end of this one's
            "6000");
    try (KafkaTopics known = new KafkaTopics(impatient, MessageLimits.ofHeap(HEAP))) {
      PositionedSession session = known.openPositioned();
      session.consume(source);
      Deadline deadline = Deadline.after(Duration.ofSeconds(30));
      while (session.assigned().isEmpty() && !deadline.isOver()) {
        session.receive(1, Duration.ofMillis(100));
      }
      KafkaServer.shared().freeze();
      try {
        assertThatThrownBy(() -> receiveFor(session, deadline))
            .isInstanceOf(BrokerException.class)
            .hasMessageContaining(KafkaServer.shared().address() + " does not answer");
        Deadline end = Deadline.after(Duration.ofSeconds(5));
        session.close();
        assertThat(end.isOver()).isFalse();
      } finally {
        KafkaServer.shared().thaw();
      }
      try (PositionedSession next = known.openPositioned()) {
        next.consume(source);
        while (next.assigned().isEmpty() && !deadline.isOver()) {
          next.receive(1, Duration.ofMillis(100));
        }
        next.begin(next.assigned().get(0), Position.BEGINNING);
        assertThat(next.receive(1, Duration.ofSeconds(10)))
            .extracting(Message::body)
            .containsExactly("a");
      }
    }
  }

  private static void receiveFor(PositionedSession session, Deadline deadline)
      throws BrokerException {
    while (!deadline.isOver()) {
      assertThat(session.receive(1, Duration.ofMillis(200))).isEmpty();
    }
  }
}

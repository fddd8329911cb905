package io.handfast.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.message.ByteBudget;
import io.handfast.message.Message;
import io.handfast.message.MessageLimits;
import io.handfast.message.PositionLostException;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Advance;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.Refusal;
import io.handfast.message.Source;
import io.handfast.message.Source.Start;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What Kafka's client may do to a session, and a server on this machine seldom does. */
class KafkaSessionTest {

  private static final Duration NO_WAIT = Duration.ZERO;
  private static final String TOPIC = "orders";
  private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
  private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);
  private static final int UNIT = 1_000;

  /** Kafka's own consumer for tests, whose commits can fail. */
  private static final class Client extends MockConsumer<byte[], byte[]> {

    private KafkaException failing;
    private Map<TopicPartition, OffsetAndMetadata> kept = new HashMap<>();
    private boolean isSlow;
    private Runnable answer = () -> {};

    Client() {
      super("none");
    }

    /** Fails as it is to, at once or with the answer that comes later. */
    @Override
    public synchronized void commitAsync(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
      KafkaException failure = failing;
      failing = null;
      if (failure == null) {
        kept.putAll(offsets);
      }
      answer = () -> Optional.ofNullable(callback).ifPresent(to -> to.onComplete(offsets, failure));
      if (!isSlow) {
        answer.run();
      }
    }

    @Override
    public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
      KafkaException failure = failing;
      failing = null;
      if (failure != null) {
        throw failure;
      }
      kept.putAll(offsets);
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
        Set<TopicPartition> partitions) {
      return kept;
    }
  }

  private static final class Names extends Cluster {

    private String id = "id1";

    Names() {
      super(settings(), new KafkaFailures("kafka:9092"));
    }

    @Override
    KafkaFuture<Topic> ask(String name) {
      return KafkaFuture.completedFuture(new Topic("cluster", id, name, 2));
    }
  }

  private static ClientSettings settings() {
    return new ClientSettings(
        Map.of("bootstrap.servers", "kafka:9092"), MessageLimits.ofHeap(1 << 28));
  }

  private final Client client = new Client();
  private final Names names = new Names();
  private final ByteBudget inFlight = new ByteBudget(2 * UNIT, Duration.ofMillis(10));
  private final KafkaSession session =
      new KafkaSession(group -> client, names, new KafkaFailures("kafka:9092"), inFlight, UNIT);

  private void consume() throws BrokerException {
    client.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
    client.updateEndOffsets(Map.of(FIRST, 9L, SECOND, 9L));
    session.consume(Source.ofPartitions(TOPIC, "group", Start.EARLIEST));
    client.schedulePollTask(() -> client.rebalance(List.of(FIRST, SECOND)));
    assertThat(session.receive(1, NO_WAIT)).isEmpty();
  }

  private void begin() throws BrokerException {
    consume();
    for (Partition partition : session.assigned()) {
      session.begin(partition, new Position(0, -1));
    }
  }

  private void add(TopicPartition partition, long offset, int size) {
    client.addRecord(
        new ConsumerRecord<>(
            TOPIC,
            partition.partition(),
            offset,
            null,
            "a".repeat(size).getBytes(StandardCharsets.UTF_8)));
  }

  private List<Long> receive(int max) throws BrokerException {
    return session.receive(max, NO_WAIT).stream().map(Message::number).toList();
  }

  @Test
  void whatARebalanceHasUnpausedGivesNothingBeforeItBegins() throws Exception {
    consume();
    client.resume(List.of(FIRST, SECOND));
    add(FIRST, 0, 1);

    assertThat(receive(1)).isEmpty();
  }

  @Test
  void anAssignmentEndsTheWaitForMessages() throws Exception {
    consume(); // MockConsumer returns at once, and throws where it was woken

    assertThat(session.assigned()).extracting(Partition::number).containsExactly(0, 1);
    assertThat(client.paused()).containsExactlyInAnyOrder(FIRST, SECOND);
    assertThat(client.position(FIRST)).isZero(); // else a poll fails for want of an offset
  }

  @Test
  void aWakeUpThatComesLateEndsNoCommit() throws Exception {
    begin();
    add(FIRST, 0, 1);
    assertThat(receive(1)).containsExactly(0L);
    client.failing = new WakeupException();

    session.commit();

    assertThat(client.kept.get(FIRST).offset()).isEqualTo(1);
  }

  @Test
  void whatKafkaKeepsNamesTheTopicAndTheLeader() throws Exception {
    begin();
    session.keep(
        List.of(new Advance(new Partition("cluster", "id1", TOPIC, 0), new Position(7, 3))));

    assertThat(client.kept.get(FIRST))
        .isEqualTo(new OffsetAndMetadata(7, Optional.of(3), "handfast topic-id=id1"));
  }

  @Test
  void whatIsKeptOfAnotherTopicOfThisNameIsNotTaken() throws Exception {
    consume();
    client.updateBeginningOffsets(Map.of(FIRST, 4L, SECOND, 4L));
    client.kept.put(FIRST, new OffsetAndMetadata(7, "handfast topic-id=id0"));

    assertThat(session.first().values()).extracting(Position::offset).containsExactly(0L, 0L);
  }

  @Test
  void whatAnEarlierProgramHasKeptIsTaken() throws Exception {
    consume();
    client.updateBeginningOffsets(Map.of(FIRST, 4L, SECOND, 4L));
    client.kept.put(FIRST, new OffsetAndMetadata(7, Optional.of(2), "its own note"));

    assertThat(session.first().values()).containsExactly(new Position(7, 2), new Position(4, -1));
  }

  @Test
  void aUnitTakesNoMoreThanItsBytesAndTheNextOneTheRest() throws Exception {
    begin();
    add(FIRST, 0, 600);
    add(FIRST, 1, 600);
    add(FIRST, 2, 600);

    assertThat(receive(10)).containsExactly(0L, 1L);
    session.settled();
    assertThat(receive(10)).containsExactly(2L);
  }

  @Test
  void whatAUnitHoldsIsReleasedWhenItIsOver() throws Exception {
    begin();
    add(FIRST, 0, 3 * UNIT);
    receive(1);
    assertThatThrownBy(() -> receive(1)).hasMessageContaining("handfast.memory.in-flight");

    session.settled();

    assertThat(receive(1)).isEmpty();
  }

  @Test
  void aPartitionThatIsTakenAwayTakesItsMessagesAlong() throws Exception {
    begin();
    add(FIRST, 0, 1);
    add(FIRST, 1, 1);
    add(SECOND, 0, 1);
    assertThat(receive(1)).hasSize(1);
    client.schedulePollTask(() -> client.rebalance(List.of(SECOND)));

    session.rest(Duration.ofMillis(20));

    assertThat(session.receive(9, NO_WAIT)).extracting(Message::group).containsOnly("orders/1");
    assertThat(session.received()).extracting(one -> one.partition().number()).contains(1);
  }

  @Test
  void nothingIsFetchedWhileItRests() throws Exception {
    begin();
    client.schedulePollTask(
        () -> assertThat(client.paused()).containsExactlyInAnyOrder(FIRST, SECOND));

    session.rest(Duration.ofMillis(20));

    assertThat(client.paused()).isEmpty();
  }

  @Test
  void aTopicThatWasCreatedAgainEndsTheSession() throws Exception {
    begin();
    names.id = "id2";
    client.schedulePollTask(() -> client.rebalance(List.of(SECOND)));
    client.schedulePollTask(() -> client.rebalance(List.of(FIRST, SECOND)));
    receive(1);
    receive(1);

    assertThatThrownBy(session::assigned)
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("created again");
  }

  @Test
  void aLeaderThatHasLostMessagesStopsThePartition() throws Exception {
    begin();
    client.setPollException(new LogTruncationException("cut", Map.of(SECOND, 5L), Map.of()));

    assertThatThrownBy(() -> receive(1))
        .isInstanceOf(PositionLostException.class)
        .hasMessageContaining("partition 1 of topic orders cannot go on at offset 5")
        .hasMessageContaining("another leader")
        .hasMessageContaining("offsets 0 to 9");
    assertThat(session.assigned()).extracting(Partition::number).containsExactly(1);
    assertThat(client.paused()).containsExactly(SECOND);
  }

  private void addOfLeader(long offset, int epoch) {
    client.addRecord(
        new ConsumerRecord<>(
            TOPIC,
            0,
            offset,
            0,
            TimestampType.CREATE_TIME,
            -1,
            1,
            null,
            new byte[] {'a'},
            new RecordHeaders(),
            Optional.of(epoch)));
  }

  @Test
  void aMessageOfALeaderBeforeTheLastOneStopsThePartition() throws Exception {
    begin();
    addOfLeader(0, 3);
    addOfLeader(1, 3);
    addOfLeader(2, 2);

    assertThat(receive(10)).containsExactly(0L, 1L);
    assertThat(session.received().get(0).next()).isEqualTo(new Position(2, 3));
    session.settled();
    assertThatThrownBy(() -> receive(10))
        .isInstanceOf(PositionLostException.class)
        .hasMessageContaining("cannot go on at offset 2")
        .hasMessageContaining("leader epoch 2")
        .hasMessageContaining("reached 3");
    assertThat(session.assigned()).extracting(Partition::number).containsExactly(0);
    assertThat(receive(10)).isEmpty();
  }

  @Test
  void aRightThatTheUserLacksIsNamed() throws Exception {
    begin();
    client.setPollException(new TopicAuthorizationException(Set.of(TOPIC)));
    assertThatThrownBy(() -> receive(1))
        .isInstanceOf(BrokerAccessException.class)
        .rootCause()
        .as("what a log says, which takes the deepest cause")
        .hasMessageContaining("READ and DESCRIBE on topic orders");

    client.setPollException(GroupAuthorizationException.forGroupId("group"));
    assertThatThrownBy(() -> receive(1))
        .isInstanceOf(BrokerAccessException.class)
        .rootCause()
        .hasMessageContaining("READ on group group");

    client.setPollException(new SaslAuthenticationException("no such user"));
    assertThatThrownBy(() -> receive(1))
        .isInstanceOfSatisfying(
            BrokerException.class,
            failure ->
                assertThat(failure.refusal().map(Refusal::part)).contains(Refusal.Part.RIGHT))
        .rootCause()
        .hasMessageContaining("Kafka at kafka:9092 does not know this user")
        .hasMessageContaining("no such user");
  }

  @Test
  void aClusterThatDoesNotAnswerIsNamedAndMayAnswerLater() throws Exception {
    begin();
    client.setPollException(new TimeoutException("no answer from the coordinator"));

    assertThatThrownBy(() -> receive(1))
        .isInstanceOfSatisfying(
            BrokerException.class, failure -> assertThat(failure.refusal()).isEmpty())
        .hasMessageContaining("kafka:9092");
  }

  @Test
  void aGroupThatHasGivenTheSessionUpIsSaid() throws Exception {
    begin();
    client.failing = new CommitFailedException("rebalanced");

    assertThatThrownBy(
            () ->
                session.keep(
                    List.of(
                        new Advance(
                            new Partition("cluster", "id1", TOPIC, 0), new Position(1, -1)))))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("other consumers");
  }

  @Test
  void aMessageMayHaveNoTimestampAndHeadersWithoutValues() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("none", null).add("one", new byte[] {(byte) 0x80}).add("text", new byte[] {65});
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            TOPIC,
            0,
            5,
            ConsumerRecord.NO_TIMESTAMP,
            TimestampType.NO_TIMESTAMP_TYPE,
            -1,
            -1,
            null,
            null,
            headers,
            Optional.empty());

    Source.Group group = new Source.Group("group", Source.Start.EARLIEST);
    Message read = RecordReader.read(record, new Partition("cluster", "id1", TOPIC, 0), 0, group);

    assertThat(read.sentAt()).isZero();
    assertThat(read.header("kafka.timestamp")).isNull();
    assertThat(read.header("kafka.offset")).isEqualTo(5L);
    assertThat(read.header("kafka.partition")).isEqualTo(0L);
    assertThat(read.headers()).containsOnlyKeys("one", "text").containsEntry("text", "A");
    assertThat(read.id()).isEqualTo("cluster/id1/0/5");
    assertThat(RecordReader.after(record)).isEqualTo(new Position(6, -1));
  }

  private long told(TopicPartition partition) {
    OffsetAndMetadata known = client.kept.get(partition);
    return known == null ? -1 : known.offset();
  }

  private void applied(long next) throws BrokerException {
    Partition first = new Partition("cluster", "id1", TOPIC, 0);
    session.tell(List.of(new Advance(first, new Position(next, -1))));
  }

  @Test
  void offsetsThatKafkaHasRefusedAreToldAgain() throws Exception {
    begin();
    applied(5);
    client.failing = new RetriableCommitFailedException("the group is rebalanced");
    receive(1);
    assertThat(told(FIRST)).isEqualTo(-1);

    receive(1);

    assertThat(told(FIRST)).isEqualTo(5);
  }

  @Test
  void refusedOffsetsReplaceNoNewerOnesAndNoneOfOthersPartitions() throws Exception {
    begin();
    applied(5);
    client.isSlow = true;
    client.failing = new RetriableCommitFailedException("the group is rebalanced");
    receive(1);
    applied(7);
    client.schedulePollTask(
        () -> {
          client.rebalance(List.of(FIRST));
          client.isSlow = false;
          client.answer.run();
        });
    receive(1);

    assertThat(told(FIRST)).isEqualTo(7);
    assertThat(told(SECOND)).isEqualTo(-1);
  }

  @Test
  void itsEndClosesTheClientAndNothingIsReceivedAfterIt() throws Exception {
    begin();
    PositionedSession known = session;

    known.close();
    known.close();

    assertThat(client.closed()).isTrue();
    assertThatThrownBy(() -> receive(1)).hasMessageContaining("closed");
    known.again(new Partition("cluster", "id1", TOPIC, 0)); // changes nothing, and does not fail
    known.tell(List.of());
  }
}

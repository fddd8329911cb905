package io.handfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Threads;
import io.handfast.message.PositionedSession.Advance;
import io.handfast.message.PositionedSession.Failed;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.PositionedSession.Range;
import io.handfast.message.Source.Start;
import io.handfast.message.SourceCapabilities.Capability;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every source with positions promises to the delivery code, in memory or not.
 *
 * <p>Each test has a topic of its own, so that one server can serve all of them.
 */
public abstract class PositionedSourceContract {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration A_MOMENT = Duration.ofMillis(100);

  protected final String topic = "contract-" + UUID.randomUUID();
  protected final String group = "group-of-" + topic;

  protected abstract SourceConnector source();

  protected abstract void create(int partitions) throws Exception;

  protected abstract void addPartitions(int total) throws Exception;

  protected abstract void delete() throws Exception;

  /** Puts a message into a partition; null bytes are none. */
  protected abstract void put(
      int partition,
      byte @Nullable [] key,
      byte @Nullable [] body,
      List<Map.Entry<String, byte[]>> headers)
      throws Exception;

  /** Puts a message into a partition in a transaction that is rolled back. */
  protected abstract void putRolledBack(int partition, String body) throws Exception;

  /** What a partition has before an offset is kept no longer. */
  protected abstract void retainFrom(int partition, long offset) throws Exception;

  /** Keeps a position for the group, as an earlier program may have. */
  protected abstract void keepAsOther(int partition, long offset) throws Exception;

  /** The offset that the group has kept of a partition; -1 where it has none. */
  protected abstract long kept(int partition) throws Exception;

  /** Takes the partitions of all sessions away, which do not know. */
  protected abstract void expel(PositionedSession session) throws Exception;

  private void put(int partition, String... bodies) throws Exception {
    for (String body : bodies) {
      put(partition, null, bytes(body), List.of());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private PositionedSession open(Start from) throws Exception {
    PositionedSession session = source().openPositioned();
    session.consume(Source.ofPartitions(topic, group, from));
    return session;
  }

  /** Waits until a session has been assigned these partitions, and they have not begun. */
  private List<Partition> assigned(PositionedSession session, Integer... numbers) throws Exception {
    Deadline deadline = Deadline.after(PATIENCE);
    while (!numbers(session).equals(Set.of(numbers)) && !deadline.isOver()) {
      assertThat(session.receive(1, A_MOMENT)).isEmpty();
    }
    assertThat(numbers(session)).containsExactlyInAnyOrder(numbers);
    return session.assigned();
  }

  private static Set<Integer> numbers(PositionedSession session) throws Exception {
    Set<Integer> numbers = new TreeSet<>();
    session.assigned().forEach(partition -> numbers.add(partition.number()));
    return numbers;
  }

  private static void begin(PositionedSession session) throws Exception {
    Map<Partition, Position> first = session.first();
    for (Partition partition : session.assigned()) {
      session.begin(partition, first.get(partition));
    }
  }

  private PositionedSession begun(Start from, Integer... numbers) throws Exception {
    PositionedSession session = open(from);
    assigned(session, numbers);
    begin(session);
    return session;
  }

  private static List<Message> receive(PositionedSession session, int count) throws Exception {
    Deadline deadline = Deadline.after(PATIENCE);
    List<Message> received = new ArrayList<>();
    while (received.size() < count && !deadline.isOver()) {
      received.addAll(session.receive(count - received.size(), A_MOMENT));
    }
    return received;
  }

  private static List<String> bodies(List<Message> messages) {
    return messages.stream().map(Message::body).toList();
  }

  private static void assertNothingComes(PositionedSession session) throws Exception {
    assertThat(bodies(session.receive(1, A_MOMENT))).isEmpty();
    assertThat(bodies(session.receive(1, A_MOMENT))).isEmpty();
  }

  @Test
  void aPartitionGivesNothingBeforeItBegins() throws Exception {
    create(1);
    put(0, "a");
    try (PositionedSession session = open(Start.EARLIEST)) {
      assigned(session, 0);
      assertNothingComes(session);

      begin(session);

      assertThat(session.assigned()).isEmpty();
      assertThat(bodies(receive(session, 1))).containsExactly("a");
    }
  }

  @Test
  void aNewGroupBeginsAtTheBeginning() throws Exception {
    create(2);
    put(1, "a", "b");
    try (PositionedSession session = begun(Start.EARLIEST, 0, 1)) {
      assertThat(session.first().values()).extracting(Position::offset).containsExactly(0L, 0L);
      assertThat(bodies(receive(session, 2))).containsExactly("a", "b");
    }
  }

  @Test
  void aNewGroupBeginsAtTheEndWhereItsSpecificationSaysSo() throws Exception {
    create(1);
    put(0, "a", "b");
    try (PositionedSession session = begun(Start.LATEST, 0)) {
      put(0, "c");

      assertThat(bodies(receive(session, 1))).containsExactly("c");
    }
  }

  @Test
  void aGroupThatAnEarlierProgramHasLeftGoesOnThere() throws Exception {
    create(2);
    put(0, "a", "b");
    put(1, "c");
    keepAsOther(0, 1);
    try (PositionedSession session = begun(Start.EARLIEST, 0, 1)) {
      assertThat(session.first().values()).extracting(Position::offset).containsExactly(1L, 0L);
      assertThat(bodies(receive(session, 2))).containsExactlyInAnyOrder("b", "c");
    }
  }

  @Test
  void whatIsKeptIsWhereAnotherSessionBegins() throws Exception {
    create(1);
    put(0, "a", "b", "c");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      assertThat(bodies(session.receive(0, A_MOMENT))).isEmpty();
      assertThat(bodies(receive(session, 2))).containsExactly("a", "b");

      session.commit();

      assertThat(kept(0)).isEqualTo(2);
    }
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      assertThat(bodies(receive(session, 1))).containsExactly("c");
    }
  }

  @Test
  void whatIsToldIsKeptSoon() throws Exception {
    create(1);
    put(0, "a");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      receive(session, 1);

      session.tell(session.received());

      Deadline deadline = Deadline.after(PATIENCE);
      while (kept(0) < 1 && !deadline.isOver()) {
        session.receive(1, A_MOMENT);
      }
      assertThat(kept(0)).isEqualTo(1);
    }
  }

  @Test
  void messagesOfAPartitionComeInOrderAndNoMoreThanAskedFor() throws Exception {
    create(1);
    put(0, "a", "b", "c", "d", "e");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      List<String> all = new ArrayList<>();
      Deadline deadline = Deadline.after(PATIENCE);
      while (all.size() < 5 && !deadline.isOver()) {
        List<Message> some = session.receive(2, A_MOMENT);
        assertThat(some).hasSizeLessThanOrEqualTo(2);
        all.addAll(bodies(some));
      }
      assertThat(all).containsExactly("a", "b", "c", "d", "e");
    }
  }

  @Test
  void itSaysHowFarAUnitHasReceived() throws Exception {
    create(2);
    put(0, "a", "b");
    put(1, "c");
    try (PositionedSession session = begun(Start.EARLIEST, 0, 1)) {
      receive(session, 3);

      assertThat(session.received())
          .extracting(advance -> advance.partition().number(), advance -> advance.next().offset())
          .containsExactly(tuple(0, 2L), tuple(1, 1L));

      session.settled();

      assertThat(session.received()).isEmpty();
    }
  }

  @Test
  void aPartitionThatIsRolledBackBeginsAgain() throws Exception {
    create(1);
    put(0, "a", "b", "c");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      receive(session, 2);

      session.rollback();

      assertThat(session.received()).isEmpty();
      List<Partition> again = session.assigned();
      assertThat(again).hasSize(1);
      assertNothingComes(session);
      session.begin(again.get(0), new Position(1, 0), new Failed(1, 3));
      List<Message> received = receive(session, 2);
      assertThat(bodies(received)).containsExactly("b", "c");
      assertThat(received).extracting(Message::failures).containsExactly(3, 0);
    }
  }

  @Test
  void otherPartitionsGoOnWhileOneWaits() throws Exception {
    create(2);
    put(0, "a", "b");
    put(1, "c");
    try (PositionedSession session = begun(Start.EARLIEST, 0, 1)) {
      receive(session, 3);
      session.again(session.received().get(0).partition());
      session.settled();
      put(0, "d");
      put(1, "e");

      assertThat(bodies(receive(session, 1))).containsExactly("e");
      assertThat(numbers(session)).containsExactly(0);
    }
  }

  @Test
  void aMessageSaysAllThatItsSenderDid() throws Exception {
    create(1);
    put(
        0,
        bytes("key"),
        bytes("{\"a\": \"ä\"}"),
        List.of(
            Map.entry("one", bytes("1")),
            Map.entry("two", bytes("first")),
            Map.entry("two", bytes("last"))));
    put(0, new byte[] {(byte) 0xff}, new byte[] {(byte) 0xfe, 0}, List.of());
    put(0, bytes("gone"), null, List.of());
    put(0, null, bytes(""), List.of());
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      List<Message> messages = receive(session, 4);

      Message text = messages.get(0);
      assertThat(text.key()).isEqualTo(MessageBody.ofText("key"));
      assertThat(text.body()).isEqualTo("{\"a\": \"ä\"}");
      assertThat(text.headers()).isEqualTo(Map.of("one", "1", "two", "last"));
      assertThat(text.sentAt()).isPositive();
      assertThat(text.number()).isZero();
      assertThat(text.failures()).isZero();
      Message binary = messages.get(1);
      assertThat(binary.key()).isNotNull();
      assertThat(binary.key().binary()).containsExactly(0xff);
      assertThat(binary.content().binary()).containsExactly(0xfe, 0);
      Message tombstone = messages.get(2);
      assertThat(tombstone.content()).isEqualTo(MessageBody.NONE);
      assertThat(tombstone.key()).isEqualTo(MessageBody.ofText("gone"));
      Message empty = messages.get(3);
      assertThat(empty.key()).isNull();
      assertThat(empty.body()).isEmpty();
      assertThat(messages).extracting(Message::id).doesNotHaveDuplicates();
      assertThat(messages).extracting(Message::group).containsOnly(topic + "/0");
    }
  }

  @Test
  void whatIsReadAsBytesIsNoTextAlsoWhereItCouldBe() throws Exception {
    create(1);
    put(0, bytes("k"), bytes("a"), List.of());
    put(0, null, new byte[] {(byte) 0xff, 0}, List.of());
    put(0, bytes("k"), null, List.of());
    try (PositionedSession session = source().openPositioned()) {
      session.consume(
          Source.ofPartitions(
              topic, new Source.Group(group, Start.EARLIEST, Source.Format.BYTES, null)));
      assigned(session, 0);
      begin(session);

      List<Message> messages = receive(session, 3);

      assertThat(messages).extracting(Message::body).containsOnlyNulls();
      assertThat(messages.get(0).content().binary()).containsExactly('a');
      assertThat(messages.get(0).key().binary()).containsExactly('k');
      assertThat(messages.get(0).contentType()).isEqualTo("application/octet-stream");
      assertThat(messages.get(1).content().binary()).containsExactly(0xff, 0);
      assertThat(messages.get(1).key()).isNull();
      assertThat(messages.get(2).content()).isEqualTo(MessageBody.NONE);
    }
  }

  @Test
  void aTransactionThatIsRolledBackLeavesAGap() throws Exception {
    create(1);
    putRolledBack(0, "never");
    put(0, "a");
    putRolledBack(0, "never");
    put(0, "b");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      List<Message> received = receive(session, 2);

      assertThat(bodies(received)).containsExactly("a", "b");
      assertThat(received.get(1).number()).isGreaterThan(received.get(0).number() + 1);
      assertThat(session.received().get(0).next().offset()).isEqualTo(received.get(1).number() + 1);
    }
  }

  @Test
  void offsetsWithoutAMessageArePassedWhenNothingComes() throws Exception {
    create(1);
    put(0, "a");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      receive(session, 1);
      session.settled();
      putRolledBack(0, "never");
      List<Advance> passed = session.passed();
      Deadline deadline = Deadline.after(PATIENCE);
      while (passed.stream().noneMatch(one -> one.next().offset() > 1) && !deadline.isOver()) {
        assertThat(session.receive(1, A_MOMENT)).isEmpty();
        passed = session.passed();
      }

      assertThat(passed).hasSize(1);
      assertThat(passed.get(0).next().offset()).isGreaterThan(1);
      assertThat(session.received()).isEmpty();
      assertThat(session.passed()).as("told once").isEmpty();
      put(0, "b");
      assertThat(bodies(receive(session, 1))).containsExactly("b");
    }
  }

  @Test
  void aPositionRemembersTheLeaderOfTheMessageBefore() throws Exception {
    create(1);
    put(0, "a", "b");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      receive(session, 1);
      Advance advance = session.received().get(0);
      assertThat(advance.next().epoch()).isNotNegative();

      session.again(advance.partition());
      session.begin(advance.partition(), advance.next());

      assertThat(bodies(receive(session, 1))).containsExactly("b");
    }
  }

  @Test
  void aSecondSessionTakesItsShareOver() throws Exception {
    create(2);
    put(0, "a");
    put(1, "b");
    try (PositionedSession first = begun(Start.EARLIEST, 0, 1);
        PositionedSession second = open(Start.EARLIEST)) {
      receive(first, 2);
      first.settled();
      int taken = takenOver(first, second);
      begin(second);
      put(0, "c");
      put(1, "d");

      assertThat(bodies(receive(first, 1))).containsExactly(taken == 0 ? "d" : "c");
      assertThat(bodies(receive(second, 2)))
          .containsExactly(taken == 0 ? "a" : "b", taken == 0 ? "c" : "d");
    }
  }

  private static int takenOver(PositionedSession first, PositionedSession second) throws Exception {
    Deadline deadline = Deadline.after(PATIENCE);
    while (second.assigned().isEmpty() && !deadline.isOver()) {
      assertThat(first.receive(1, A_MOMENT)).isEmpty();
      assertThat(second.receive(1, A_MOMENT)).isEmpty();
    }
    assertThat(second.assigned()).hasSize(1);
    assertThat(first.assigned()).isEmpty();
    return second.assigned().get(0).number();
  }

  @Test
  void whatWasFetchedOfAPartitionIsDroppedWithIt() throws Exception {
    create(2);
    put(0, "a", "b", "c");
    put(1, "d", "e", "f");
    try (PositionedSession first = begun(Start.EARLIEST, 0, 1);
        PositionedSession second = open(Start.EARLIEST)) {
      receive(first, 1); // and fetches more of both
      Deadline deadline = Deadline.after(PATIENCE);
      while (second.assigned().isEmpty() && !deadline.isOver()) {
        first.rest(A_MOMENT);
        second.rest(A_MOMENT);
      }
      int taken = second.assigned().get(0).number();

      List<Message> received = new ArrayList<>(first.receive(6, A_MOMENT));
      received.addAll(first.receive(6, A_MOMENT));

      assertThat(received).extracting(Message::group).containsOnly(topic + "/" + (1 - taken));
    }
  }

  @Test
  void aSessionThatIsClosedLeavesItsPartitionsToOthersAtOnce() throws Exception {
    create(1);
    put(0, "a");
    PositionedSession first = begun(Start.EARLIEST, 0);
    first.close();
    Deadline deadline = Deadline.after(Duration.ofSeconds(5));
    try (PositionedSession second = open(Start.EARLIEST)) {
      assigned(second, 0);
      assertThat(deadline.isOver()).isFalse();
    }
  }

  @Test
  void aSessionThatIsAbandonedByAnotherThreadIsLikeAClosedOne() throws Exception {
    create(1);
    PositionedSession first = begun(Start.EARLIEST, 0);
    Thread abandoning = Threads.start("abandoning", first::abandon);
    assertThat(Threads.join(abandoning, PATIENCE)).isTrue();

    assertThatThrownBy(() -> first.receive(1, A_MOMENT)).isInstanceOf(BrokerException.class);
    assertThatThrownBy(first::commit).isInstanceOf(BrokerException.class);
    first.close();
    try (PositionedSession second = open(Start.EARLIEST)) {
      assigned(second, 0);
    }
  }

  @Test
  void aSessionWhoseGroupHasGivenItUpCanKeepNothing() throws Exception {
    create(1);
    put(0, "a", "b", "c");
    try (PositionedSession first = begun(Start.EARLIEST, 0)) {
      assertThat(bodies(receive(first, 1))).containsExactly("a");
      expel(first);

      assertThatThrownBy(first::commit).isInstanceOf(BrokerException.class);
      assertThat(kept(0)).isEqualTo(-1);
    }
  }

  @Test
  void aSessionThatItsGroupHasGivenUpJoinsAgainAndItsPartitionsWait() throws Exception {
    create(1);
    put(0, "a");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      assertThat(bodies(receive(session, 1))).containsExactly("a");
      session.settled();
      expel(session);

      Partition again = assigned(session, 0).get(0);

      put(0, "b");
      assertNothingComes(session);
      session.begin(again, new Position(0, -1));
      assertThat(bodies(receive(session, 2))).containsExactly("a", "b");
      session.commit();
      assertThat(kept(0)).isEqualTo(2);
    }
  }

  @Test
  void aSessionThatRestsKeepsItsPartitionsAndGivesWhatItHadAfterwards() throws Exception {
    create(1);
    put(0, "a", "b");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      assertThat(bodies(receive(session, 1))).containsExactly("a");

      session.rest(A_MOMENT);

      assertThat(session.assigned()).isEmpty();
      assertThat(bodies(receive(session, 1))).containsExactly("b");
    }
  }

  @Test
  void whatAGroupHasKeptIsForgottenWhereItHasNoConsumers() throws Exception {
    create(1);
    put(0, "a", "b");
    source().forget(topic, group); // which has read nothing
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      receive(session, 1);
      session.commit();
      assertThatThrownBy(() -> source().forget(topic, group))
          .isInstanceOf(TargetRefusedException.class)
          .hasMessageContaining(group);
      assertThat(kept(0)).isOne();
    }

    source().forget(topic, group);

    assertThat(kept(0)).isEqualTo(-1);
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      assertThat(bodies(receive(session, 2))).containsExactly("a", "b");
    }
  }

  @Test
  void aPartitionThatRestsWaitsWhileTheOthersGoOn() throws Exception {
    create(2);
    put(0, "a");
    try (PositionedSession session = begun(Start.EARLIEST, 0, 1)) {
      Message failed = receive(session, 1).get(0);
      Partition partition = failed.place().partition();
      session.rollback();
      session.rest(partition, Duration.ofHours(1));
      put(1, "b");

      assertThat(bodies(receive(session, 1))).containsExactly("b");
      assertThat(session.assigned()).isEmpty();

      session.rest(partition, A_MOMENT);
      assigned(session, 0);
      session.begin(partition, failed.place().at());
      assertThat(bodies(receive(session, 1))).containsExactly("a");
    }
  }

  @Test
  void aWaitForMessagesIsEndedByAnotherThread() throws Exception {
    create(1);
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      CompletableFuture<List<Message>> received = new CompletableFuture<>();
      session.wakeUp();
      assertThat(session.receive(1, Duration.ofHours(1))).isEmpty();
      Thread consumer =
          Threads.start("consumer", () -> received.complete(waitingForAnHour(session)));
      Thread.sleep(A_MOMENT.toMillis());

      session.wakeUp();

      assertThat(received.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEmpty();
      assertThat(Threads.join(consumer, PATIENCE)).isTrue();
      put(0, "a");
      assertThat(bodies(receive(session, 1))).containsExactly("a");
      session.commit();
      assertThat(kept(0)).isEqualTo(1);
    }
  }

  private static List<Message> waitingForAnHour(PositionedSession session) {
    try {
      return session.receive(1, Duration.ofHours(1));
    } catch (BrokerException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aTopicThatDoesNotExistIsRefusedByName() throws Exception {
    try (PositionedSession session = source().openPositioned()) {
      Source unknown = Source.ofPartitions(topic, group, Start.EARLIEST);

      assertThat(session.refusalOf(unknown))
          .get()
          .extracting(Refusal::part)
          .isEqualTo(Refusal.Part.DESTINATION);
      assertThatThrownBy(() -> session.consume(unknown))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining(topic);
    }
  }

  @Test
  void aPartitionThatIsAddedComesWithThoseThatAreThere() throws Exception {
    create(1);
    put(0, "a");
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      receive(session, 1);
      addPartitions(2);
      put(1, "b");
      Partition added = assigned(session, 1).get(0);

      session.begin(added, Position.BEGINNING);

      assertThat(bodies(receive(session, 1))).containsExactly("b");
    }
  }

  @Test
  void aTopicThatIsCreatedAgainHasOtherPartitions() throws Exception {
    create(1);
    put(0, "a", "b");
    Partition before;
    try (PositionedSession session = begun(Start.EARLIEST, 0)) {
      receive(session, 2);
      before = session.received().get(0).partition();
      session.commit();
    }
    delete();
    create(1);
    put(0, "c");
    try (PositionedSession session = open(Start.LATEST)) {
      Partition after = assigned(session, 0).get(0);

      assertThat(after.topic()).isEqualTo(before.topic());
      assertThat(after.cluster()).isEqualTo(before.cluster());
      assertThat(after.topicId()).isNotEqualTo(before.topicId());
      session.begin(after, Position.BEGINNING);
      assertThat(bodies(receive(session, 1))).containsExactly("c");
    }
  }

  @Test
  void aPositionThatRetentionHasPassedIsLost() throws Exception {
    create(1);
    put(0, "a", "b", "c");
    retainFrom(0, 2);
    try (PositionedSession session = open(Start.EARLIEST)) {
      Partition partition = assigned(session, 0).get(0);
      session.begin(partition, new Position(1, -1));

      assertThatThrownBy(() -> receive(session, 1))
          .isInstanceOf(PositionLostException.class)
          .hasMessageContaining("offset 1")
          .hasMessageContaining("offsets 2 to 3");

      assertThat(session.assigned()).containsExactly(partition);
      begin(session);
      assertThat(bodies(receive(session, 1))).containsExactly("c");
    }
  }

  @Test
  void aPositionBehindTheEndIsLost() throws Exception {
    create(1);
    put(0, "a");
    try (PositionedSession session = open(Start.EARLIEST)) {
      session.begin(assigned(session, 0).get(0), new Position(5, -1));

      assertThatThrownBy(() -> receive(session, 1))
          .isInstanceOf(PositionLostException.class)
          .hasMessageContaining("offsets 0 to 1");
    }
  }

  @Test
  void itSaysThatItHasPositionsAndNothingElse() {
    SourceCapabilities capabilities = source().capabilities();

    assertThat(capabilities.has(Capability.POSITIONS)).isTrue();
    assertThat(capabilities.has(Capability.BRANCHES)).isFalse();
    assertThat(capabilities.has(Capability.SENDS)).isFalse();
    assertThat(capabilities.has(Capability.HOLDS_BACK)).isFalse();
  }

  @Test
  void itSaysWhereTheMessagesOfATopicAreWithoutASession() throws Exception {
    create(2);
    put(0, "a", "b", "c");
    retainFrom(0, 2);

    assertThat(source().ranges(topic).values()).containsExactly(new Range(2, 3), new Range(0, 0));
    assertThat(source().ranges(topic).keySet())
        .extracting(Partition::label)
        .containsExactly(topic + "/0", topic + "/1");
    assertThat(source().offsetsAt(topic, Instant.EPOCH).values()).containsExactly(2L, 0L);
    Instant later = Instant.now().plus(Duration.ofDays(1));
    assertThat(source().offsetsAt(topic, later).values()).containsExactly(3L, 0L);
    assertThatThrownBy(() -> source().ranges("none")).hasMessageContaining("none");
  }
}

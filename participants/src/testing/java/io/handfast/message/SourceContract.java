package io.handfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Threads;
import io.handfast.message.MessageCopy.Kind;
import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.RecoverySession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;

/**
 * What every broker promises to the delivery code, in memory or not: a claim that holds in memory
 * and not at a real broker would make the tests that rest on it lie.
 *
 * <p>Each test has a queue of its own, so that one broker can serve all of them.
 */
public abstract class SourceContract {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration A_MOMENT = Duration.ofMillis(100);

  private final String queue = "contract-" + UUID.randomUUID();
  private final Source source = Source.ofQueue(queue);
  private final Xid branch = new Branch(queue);

  /** The broker; another object after a {@link #restart()} where it has another address. */
  protected abstract Broker broker();

  /** Ends the broker in its tracks and starts it again: what is durable stays. */
  protected abstract void restart() throws Exception;

  private record Branch(String name) implements Xid {

    @Override
    public int getFormatId() {
      return 0x434f4e54;
    }

    @Override
    public byte[] getGlobalTransactionId() {
      return name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public byte[] getBranchQualifier() {
      return new byte[] {1};
    }
  }

  private void send(String... bodies) throws Exception {
    for (String body : bodies) {
      send(body, Map.of());
    }
  }

  private void send(String body, Map<String, Object> headers) throws Exception {
    try (SourceSession session = broker().openLocal(Prefetch.ON_DEMAND)) {
      session.send(queue, body, headers);
      session.commit();
    }
  }

  private SourceSession local(Prefetch intake) throws Exception {
    SourceSession session = broker().openLocal(intake);
    session.consume(source);
    return session;
  }

  private SourceSession begun() throws Exception {
    SourceSession session = broker().openXa(Prefetch.ON_DEMAND);
    session.consume(source);
    session.xaResource().start(branch, XAResource.TMNOFLAGS);
    return session;
  }

  private static List<String> bodies(List<Message> messages) {
    return messages.stream().map(Message::body).toList();
  }

  /** What another session finds in the queue now, and leaves there. */
  private List<String> free(String from) throws Exception {
    try (SourceSession session = broker().openLocal(Prefetch.ON_DEMAND)) {
      session.consume(Source.ofQueue(from));
      List<String> found = bodies(session.receive(100, A_MOMENT));
      session.rollback();
      return found;
    }
  }

  /** The same, once there are so many: a broker learns of a lost connection a moment later. */
  private List<String> freeSoon(int count) throws Exception {
    Deadline deadline = Deadline.after(PATIENCE);
    List<String> found = free(queue);
    while (found.size() < count && !deadline.isOver()) {
      found = free(queue);
    }
    return found;
  }

  private boolean isListed() throws Exception {
    try (RecoverySession session = broker().openForRecovery()) {
      return session.preparedBranches().stream()
          .anyMatch(
              known ->
                  Arrays.equals(known.getGlobalTransactionId(), branch.getGlobalTransactionId()));
    }
  }

  @Test
  void aWaitForMessagesIsEndedByAnotherThread() throws Exception {
    try (SourceSession session = local(Prefetch.BUFFERED)) {
      CompletableFuture<List<Message>> received = new CompletableFuture<>();
      Thread consumer =
          Threads.start("consumer", () -> received.complete(waitingForAnHour(session)));
      session.wakeUp();

      assertThat(received.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isEmpty();
      consumer.join();
      send("later");
      assertThat(bodies(session.receive(1, PATIENCE))).containsExactly("later");
    }
  }

  private static List<Message> waitingForAnHour(SourceSession session) {
    try {
      return session.receive(1, Duration.ofHours(1));
    } catch (BrokerException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void messagesComeInOrderAndAreGoneOnceAcknowledged() throws Exception {
    send("a", "b", "c");

    try (SourceSession session = local(Prefetch.BUFFERED)) {
      List<String> received = new ArrayList<>();
      while (received.size() < 3) {
        received.addAll(bodies(session.receive(2, PATIENCE)));
      }
      assertThat(received).containsExactly("a", "b", "c");
      session.commit();
    }
    assertThat(free(queue)).isEmpty();
  }

  @Test
  void aBatchIsNoLargerThanWasAskedFor() throws Exception {
    send("a", "b", "c");

    try (SourceSession session = local(Prefetch.ON_DEMAND)) {
      assertThat(bodies(session.receive(2, PATIENCE))).containsExactly("a", "b");
      assertThat(free(queue)).as("the rest is left to others").containsExactly("c");
      session.rollback();
    }
  }

  @Test
  void whatIsGivenBackComesAgainAndSaysSo() throws Exception {
    send("a");

    try (SourceSession session = local(Prefetch.ON_DEMAND)) {
      Message first = session.receive(1, PATIENCE).get(0);
      session.rollback();
      Message again = session.receive(1, PATIENCE).get(0);

      assertThat(first.isRedelivered()).isFalse();
      assertThat(again.isRedelivered()).isTrue();
      assertThat(again.id()).isEqualTo(first.id());
      assertThat(again.number()).isEqualTo(first.number());
      session.commit();
    }
  }

  @Test
  void anAbandonedSessionGivesBack() throws Exception {
    send("a", "b");
    SourceSession session = local(Prefetch.ON_DEMAND);
    assertThat(session.receive(1, PATIENCE)).hasSize(1);

    session.abandon();

    // A broker may free what waited in the consumer before it undoes the transaction.
    assertThat(freeSoon(2)).containsExactlyInAnyOrder("a", "b");
    assertThatThrownBy(session::commit).isInstanceOf(BrokerException.class);
    session.close();
  }

  @Test
  void competingSessionsGetEachMessageOnce() throws Exception {
    send("a", "b", "c", "d");

    try (SourceSession one = local(Prefetch.ON_DEMAND);
        SourceSession other = local(Prefetch.ON_DEMAND)) {
      List<String> received = new ArrayList<>(bodies(one.receive(1, PATIENCE)));
      received.addAll(bodies(other.receive(2, PATIENCE)));
      received.addAll(bodies(one.receive(3, PATIENCE)));

      assertThat(received).containsExactlyInAnyOrder("a", "b", "c", "d");
      one.commit();
      other.rollback();
    }
    assertThat(free(queue)).containsExactly("b", "c");
  }

  @Test
  void aGroupStaysWithOneSessionAndInOrder() throws Exception {
    for (String body : List.of("g1", "g2", "g3")) {
      send(body, Map.of("JMSXGroupID", "g"));
    }

    try (SourceSession one = local(Prefetch.ON_DEMAND)) {
      assertThat(bodies(one.receive(1, PATIENCE))).containsExactly("g1");
      try (SourceSession other = local(Prefetch.ON_DEMAND)) {
        assertThat(other.receive(10, A_MOMENT)).as("of another session's group").isEmpty();
      }
      one.rollback();
      List<Message> again = one.receive(2, PATIENCE);
      assertThat(bodies(again)).containsExactly("g1", "g2");
      assertThat(again).extracting(Message::group).containsOnly("g");
      one.commit();
      try (SourceSession other = local(Prefetch.ON_DEMAND)) {
        assertThat(other.receive(10, A_MOMENT)).as("also between two units").isEmpty();
      }
      assertThat(bodies(one.receive(1, PATIENCE))).containsExactly("g3");
      one.commit();
    }
  }

  @Test
  void whatIsSentIsThereWithTheCommitAndNotBefore() throws Exception {
    try (SourceSession session = broker().openLocal(Prefetch.ON_DEMAND)) {
      session.send(queue, "a", Map.of("k", "v"));
      session.rollback();
      session.send(queue, "b", Map.of("k", "v"));
      assertThat(free(queue)).isEmpty();
      session.commit();
    }
    try (SourceSession session = local(Prefetch.ON_DEMAND)) {
      List<Message> received = session.receive(10, PATIENCE);
      assertThat(received).extracting(Message::body).containsExactly("b");
      assertThat(received.get(0).headers()).containsEntry("k", "v");
      assertThat(received.get(0).isPersistent()).isTrue();
    }
  }

  @Test
  void aRetryWaitsAndIsTheSameMessage() throws Exception {
    send("a", Map.of("JMSXGroupID", "g", "k", "v", MessageHeaders.BROKER_DUPLICATE_ID, queue));
    try (SourceSession session = local(Prefetch.ON_DEMAND)) {
      Message first = session.receive(1, PATIENCE).get(0);
      session.send(
          queue, new MessageCopy(first, Kind.RETRY, failure(first), Duration.ofSeconds(1)));
      session.commit();
      assertThat(session.receive(1, A_MOMENT)).as("before its time").isEmpty();

      Message again = session.receive(1, PATIENCE).get(0);

      assertThat(again.id()).isEqualTo(first.id());
      assertThat(again.body()).isEqualTo("a");
      assertThat(again.failures()).isEqualTo(1);
      assertThat(again.isRedelivered()).isTrue();
      assertThat(again.group()).isEqualTo("g");
      assertThat(again.deduplicationId()).isEqualTo(first.deduplicationId()).isEqualTo(queue);
      assertThat(again.headers()).containsEntry("k", "v");
      session.commit();
    }
  }

  private Map<String, Object> failure(Message message) {
    Map<String, Object> headers = new HashMap<>();
    headers.put(MessageHeaders.ID, message.id());
    headers.put(MessageHeaders.FAILURES, message.failures() + 1);
    headers.put(MessageHeaders.CAUSE, "a cause");
    headers.put(MessageHeaders.SOURCE, queue);
    return headers;
  }

  @Test
  void aReplayIsTheMessageAsIfItHadNotFailed() throws Exception {
    send("a");
    try (SourceSession session = local(Prefetch.ON_DEMAND)) {
      Message first = session.receive(1, PATIENCE).get(0);
      session.send(queue, new MessageCopy(first, Kind.RETRY, failure(first)));
      session.commit();
      Message failed = session.receive(1, PATIENCE).get(0);
      session.send(queue, new MessageCopy(failed, Kind.REPLAY, Map.of()));
      session.commit();

      Message replayed = session.receive(1, PATIENCE).get(0);

      assertThat(replayed.id()).isEqualTo(first.id());
      assertThat(replayed.failures()).isZero();
      assertThat(replayed.headers()).doesNotContainKey(MessageHeaders.CAUSE);
      session.commit();
    }
  }

  @Test
  void aForwardedMessageIsAnotherOne() throws Exception {
    send("a", Map.of("k", "v"));
    String next = queue + ".next";
    try (SourceSession session = local(Prefetch.ON_DEMAND)) {
      Message sent = session.receive(1, PATIENCE).get(0);
      session.send(queue, new MessageCopy(sent, Kind.RETRY, failure(sent)));
      session.commit();
      Message first = session.receive(1, PATIENCE).get(0);
      session.send(next, new MessageCopy(first, Kind.FORWARD, Map.of("traceparent", "00-1")));
      session.commit();
      session.consume(Source.ofQueue(next));

      Message forwarded = session.receive(1, PATIENCE).get(0);

      assertThat(forwarded.id()).isNotEqualTo(first.id());
      assertThat(forwarded.deduplicationId()).isEqualTo(forwarded.id());
      assertThat(forwarded.headers())
          .containsEntry("k", "v")
          .containsEntry("traceparent", "00-1")
          .doesNotContainKeys(MessageHeaders.ID, MessageHeaders.CAUSE);
      assertThat(forwarded.failures()).isZero();
      session.commit();
    }
  }

  /** Such as a bridge that copies all headers brings into a topic. */
  private static PartitionMessage record(MessageBody body) {
    return new PartitionMessage(
        new Message.Place(
            new PositionedSession.Partition("cluster", "id", "orders", 3),
            new PositionedSession.Position(42, -1)),
        MessageBody.ofText("customer 7"),
        body,
        Map.of(
            "kind",
            "tea",
            MessageHeaders.BROKER_DUPLICATE_ID,
            "the same",
            "JMSXGroupID",
            "g",
            MessageHeaders.FAILURES,
            9),
        1_700_000_000_000L,
        2);
  }

  @Test
  void aRecordOfATopicIsForwardedAsAMessageOfItsOwn() throws Exception {
    List<MessageBody> bodies =
        List.of(
            MessageBody.ofText("grün"),
            MessageBody.ofBytes(new byte[] {(byte) 0xff, 0}),
            MessageBody.NONE);
    try (SourceSession session = broker().openLocal(Prefetch.ON_DEMAND)) {
      for (MessageBody body : bodies) {
        Map<String, String> context = Map.of("traceparent", "00-1");
        session.send(queue, new MessageCopy(record(body), Kind.FORWARD, context));
      }
      session.commit();
    }
    try (SourceSession session = local(Prefetch.ON_DEMAND)) {
      List<Message> received = session.receive(10, PATIENCE);

      assertThat(received).extracting(Message::body).containsExactly("grün", null, null);
      assertThat(received.get(1).content().binary()).containsExactly(0xff, 0);
      assertThat(received.get(2).content()).isEqualTo(MessageBody.NONE);
      assertThat(received).extracting(Message::id).doesNotHaveDuplicates();
      for (Message message : received) {
        assertThat(message.headers())
            .containsEntry("kind", "tea")
            .containsEntry("traceparent", "00-1")
            .containsEntry(MessageHeaders.KEY, "customer 7")
            .containsEntry(MessageHeaders.TOPIC, "orders")
            .containsEntry(MessageHeaders.PARTITION, 3)
            .containsEntry(MessageHeaders.OFFSET, 42L)
            .containsEntry(MessageHeaders.TIMESTAMP, 1_700_000_000_000L)
            .doesNotContainKeys(MessageHeaders.FAILURES);
        assertThat(message.group()).isNull();
        assertThat(message.failures()).isZero();
        assertThat(message.isPersistent()).isTrue();
      }
      session.commit();
    }
  }

  @Test
  void aSelectorTakesWhatItNames() throws Exception {
    send("a", Map.of("kind", "tea"));
    send("b", Map.of("kind", "ale"));

    try (SourceSession session = broker().openLocal(Prefetch.ON_DEMAND)) {
      session.consume(new Source(queue, null, null, "kind = 'ale'"));
      assertThat(bodies(session.receive(10, PATIENCE))).containsExactly("b");
      session.commit();
    }
    assertThat(free(queue)).containsExactly("a");
    assertThat(broker().selectorProblem("kind = 'ale'")).isNull();
    assertThat(broker().selectorProblem("kind = = 'ale'")).isNotNull();
  }

  @Test
  void anIdThatIsKnownIsToldAndNothingIsSentTwice() throws Exception {
    Map<String, Object> headers = Map.of(MessageHeaders.BROKER_DUPLICATE_ID, queue);
    send("a", headers);

    assertThatThrownBy(() -> send("b", headers)).isInstanceOf(KnownIdException.class);

    assertThat(free(queue)).containsExactly("a");
  }

  @Test
  void whatIsCommittedOnceIsCommittedOnce() throws Exception {
    List<SendAcceptance> answers = new ArrayList<>();
    for (String body : List.of("a", "b")) {
      try (SourceSession session = broker().openLocal(Prefetch.ON_DEMAND)) {
        session.send(queue, body, Map.of());
        answers.add(session.commitOnce(queue));
      }
    }

    assertThat(answers).containsExactly(SendAcceptance.NEW, SendAcceptance.DUPLICATE);
    assertThat(free(queue)).containsExactly("a");
  }

  @Test
  void aPreparedBranchOutlivesItsSessionAndIsCommittedByAnother() throws Exception {
    prepareAndLeave();

    assertThat(free(queue)).as("taken by the branch").containsExactly("b");
    assertThat(free(queue + ".next")).as("not sent yet").isEmpty();
    assertThat(isListed()).isTrue();
    try (RecoverySession session = broker().openForRecovery()) {
      session.commit(branch);
    }

    assertThat(isListed()).isFalse();
    assertThat(free(queue)).containsExactly("b");
    assertThat(free(queue + ".next")).containsExactly("a");
  }

  @Test
  void aPreparedBranchThatIsRolledBackWasNever() throws Exception {
    prepareAndLeave();

    try (RecoverySession session = broker().openForRecovery()) {
      session.rollback(branch);
    }

    assertThat(isListed()).isFalse();
    assertThat(free(queue)).containsExactlyInAnyOrder("a", "b");
    assertThat(free(queue + ".next")).isEmpty();
  }

  @Test
  void aPreparedBranchOutlivesTheBroker() throws Exception {
    prepareAndLeave();

    restart();

    assertThat(isListed()).isTrue();
    assertThat(free(queue)).containsExactly("b");
    try (RecoverySession session = broker().openForRecovery()) {
      session.commit(branch);
    }
    assertThat(free(queue + ".next")).containsExactly("a");
  }

  /** The branch has taken "a" and sent it on; "b" is left. */
  private void prepareAndLeave() throws Exception {
    send("a", "b");
    try (SourceSession session = begun()) {
      Message message = session.receive(1, PATIENCE).get(0);
      session.send(queue + ".next", new MessageCopy(message, Kind.FORWARD, Map.of()));
      session.xaResource().end(branch, XAResource.TMSUCCESS);
      assertThat(session.xaResource().prepare(branch)).isEqualTo(XAResource.XA_OK);
    }
  }

  @Test
  void aBranchThatIsNotPreparedIsUndoneWithItsSession() throws Exception {
    send("a");
    try (SourceSession session = begun()) {
      Message message = session.receive(1, PATIENCE).get(0);
      session.send(queue + ".next", new MessageCopy(message, Kind.FORWARD, Map.of()));
    }

    assertThat(freeSoon(1)).containsExactly("a");
    assertThat(isListed()).isFalse();
    assertThat(free(queue + ".next")).isEmpty();
  }

  @Test
  void aBranchIsPreparedAndCommittedInItsOwnSession() throws Exception {
    send("a", "b");
    try (SourceSession session = begun()) {
      assertThat(bodies(session.receive(1, PATIENCE))).containsExactly("a");
      session.xaResource().end(branch, XAResource.TMSUCCESS);
      session.xaResource().prepare(branch);
      session.xaResource().commit(branch, false);

      Xid next = new Branch(queue + "2");
      session.xaResource().start(next, XAResource.TMNOFLAGS);
      assertThat(bodies(session.receive(1, PATIENCE))).containsExactly("b");
      session.xaResource().end(next, XAResource.TMSUCCESS);
      session.xaResource().rollback(next);
    }
    assertThat(free(queue)).containsExactly("b");
    assertThat(isListed()).isFalse();
  }

  @Test
  void oneBranchAloneIsCommittedInOnePhase() throws Exception {
    send("a");
    try (SourceSession session = begun()) {
      assertThat(session.receive(1, PATIENCE)).hasSize(1);
      session.xaResource().end(branch, XAResource.TMSUCCESS);
      session.xaResource().commit(branch, true);
    }
    assertThat(free(queue)).isEmpty();
    assertThat(isListed()).isFalse();
  }

  @Test
  void anUnknownBranchIsToldAsSuch() throws Exception {
    try (RecoverySession session = broker().openForRecovery()) {
      assertThatThrownBy(() -> session.commit(branch))
          .isInstanceOfSatisfying(
              XAException.class,
              unknown -> assertThat(unknown.errorCode).isEqualTo(XAException.XAER_NOTA));
      assertThatThrownBy(() -> session.rollback(branch))
          .isInstanceOfSatisfying(
              XAException.class,
              unknown -> assertThat(unknown.errorCode).isEqualTo(XAException.XAER_NOTA));
    }
  }

  @Test
  void lookingTakesNothing() throws Exception {
    send("a", "b");

    try (SourceSession session = broker().openLocal(Prefetch.ON_DEMAND)) {
      assertThat(bodies(session.browse(queue, 1))).containsExactly("a");
      assertThat(bodies(session.browse(queue, 10))).containsExactly("a", "b");
    }
    assertThat(free(queue)).containsExactly("a", "b");
  }

  @Test
  void theAdministrationCountsWhatAQueueHolds() throws Exception {
    prepareAndLeave();

    try (BrokerAdministration administration = broker().openAdministration()) {
      assertThat(administration.queue(queue + ".none")).isEmpty();
      assertThat(administration.queue(queue))
          .get()
          .extracting(QueueState::messages, QueueState::prepared)
          .isEqualTo(tuple(2L, 1L).toList());
      assertThat(administration.queuesBeginningWith(queue)).contains(queue);
      try (RecoverySession session = broker().openForRecovery()) {
        session.rollback(branch);
      }
      administration.removeQueue(queue);
      assertThat(administration.queue(queue)).isEmpty();
    }
  }

  @Test
  void aNodesNameIsHeldByOneUntilItIsGivenUp() throws Exception {
    String node = "n-" + UUID.randomUUID();
    try (Fence first = broker().claim(node)) {
      assertThat(first.isHeld()).isTrue();
      assertThatThrownBy(() -> broker().claim(node)).isInstanceOf(NodeNameTakenException.class);
    }
    try (Fence next = broker().claim(node)) {
      assertThat(next.isHeld()).isTrue();
    }
  }
}

package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.commit.SequentialCommit;
import io.handfast.commit.SequentialCommit.Acknowledgement;
import io.handfast.commit.Sessions;
import io.handfast.database.DatabaseSession;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.event.Events;
import io.handfast.event.FakeDelivery;
import io.handfast.event.TraceContext;
import io.handfast.message.BrokerException;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Message;
import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.sqs.InMemorySqs;
import io.handfast.sqs.SqsQueues;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.SteppedClock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client settles of messages that are leased: applied, refused, behind a refused one. */
class LeasedPullTest {

  private static final String QUEUE = "orders.fifo";
  private static final String SPECIFICATION =
      "{'source': {'sqs': {'queue': 'orders.fifo'}}, 'style': 'pull', 'retry': {'attempts': 2, 'delay': 'PT1M'}}";

  private final InMemoryBroker.OwnTime time = new InMemoryBroker.OwnTime();
  private final InMemorySqs sqs = new InMemorySqs(step -> {}, time);
  private final SteppedClock clock = new SteppedClock();
  private SqsQueues queues = queues(Duration.ofHours(1));
  private final MemoryServer server = new MemoryServer();
  private final MemoryDatabase database =
      new MemoryDatabase("database", server, new MemorySeam() {});
  private final Failures failures = new Failures(null);
  private final Counters counters = new Counters();
  private DeliveryParts parts;
  private Sessions sessions;
  private DeliveryUnit unit;

  private SqsQueues queues(Duration lease) {
    return InMemorySqs.queues(sqs, MessageLimits.ofHeap(1L << 28), lease, clock);
  }

  @BeforeEach
  void open() throws Exception {
    sqs.createQueue(to -> to.queueName(QUEUE).attributesWithStrings(Map.of("FifoQueue", "true")));
    DeliverySpecification specification = SpecificationTexts.read(SPECIFICATION);
    parts =
        new DeliveryParts(
            "orders",
            specification,
            new UnitOpener(
                "orders",
                specification,
                null,
                null,
                null,
                null,
                null,
                new InboxState.Keeping(Duration.ofHours(24), clock)),
            () -> Sink.NONE,
            null,
            null,
            new DeferredMessages("orders", specification, failures, clock),
            new UnitEvents(new FakeDelivery("orders"), Events.NONE, TraceContext.NONE),
            new Interruption("orders", "database/orders", clock),
            counters,
            Admission.ALL);
  }

  @AfterEach
  void close() {
    if (sessions != null) {
      sessions.close();
    }
    queues.close();
    failures.close();
  }

  private void send(String group, String... bodies) {
    for (String body : bodies) {
      sqs.sendMessage(
          to ->
              to.queueUrl(QUEUE)
                  .messageBody(body)
                  .messageGroupId(group)
                  .messageDeduplicationId(body));
    }
  }

  private List<Message> take(int max) throws Exception {
    if (sessions != null) {
      sessions.close();
    }
    sessions =
        new Sessions(
            new Sessions.Opener() {
              @Override
              public SourceSession messages() throws BrokerException {
                return queues.openLocal(Prefetch.ON_DEMAND);
              }

              @Override
              public DatabaseSession database(String name) throws SQLException {
                return database.openLocal();
              }
            });
    unit =
        new DeliveryUnit(
            parts,
            new SequentialCommit(sessions, Acknowledgement.AFTER_ROWS, "sqs"),
            parts.inboxDatabase());
    return unit.take(max, Duration.ZERO);
  }

  private static List<String> bodies(List<Message> messages) {
    return messages.stream().map(Message::body).toList();
  }

  /** Refuses some of them by their bodies, and commits. */
  private void commit(List<Message> messages, String... refused) throws Exception {
    Map<String, String> causes = new HashMap<>();
    messages.stream()
        .filter(message -> List.of(refused).contains(message.body()))
        .forEach(message -> causes.put(message.id(), "out of stock"));
    unit.answered(messages, causes);
    unit.commit();
  }

  private void aMinutePasses() {
    time.passUntil(time.millis() + Duration.ofMinutes(2).toMillis());
  }

  private List<String> recorded() throws SQLException {
    try (DatabaseSession session = database.openLocal()) {
      return session.inbox("orders").ids();
    }
  }

  @Test
  void whatTheClientHasAppliedIsDeletedAndKnown() throws Exception {
    send("g", "a", "b");

    commit(take(2));

    assertThat(sqs.left(QUEUE)).isEmpty();
    assertThat(recorded()).hasSize(2);
    assertThat(counters.values()).containsEntry("committed", 2L);
  }

  @Test
  void whatIsRefusedComesAgainAfterItsDelayAndTheOthersAreGone() throws Exception {
    send("g", "g1");
    send("h", "h1");
    commit(take(2), "g1");
    assertThat(sqs.left(QUEUE)).containsExactly("g1");
    assertThat(take(2)).as("before its time").isEmpty();

    aMinutePasses();
    List<Message> again = take(2);

    assertThat(bodies(again)).containsExactly("g1");
    assertThat(parts.deferred().failuresOf(again.get(0))).isEqualTo(1);
    assertThat(recorded()).hasSize(1);
  }

  @Test
  void whatTheClientHasAppliedBehindARefusedOneIsRolledBack() throws Exception {
    send("g", "g1", "g2");
    List<Message> messages = take(2);

    assertThatThrownBy(() -> commit(messages, "g1"))
        .isInstanceOf(UnskippableMessageException.class)
        .hasMessageContaining("out of stock; the messages of its group behind it");
    assertThat(take(2)).as("before its time").isEmpty();
    aMinutePasses();

    assertThat(bodies(take(2))).containsExactly("g1", "g2");
    assertThat(recorded()).isEmpty();
  }

  @Test
  void refusedOnesOfAGroupAreHeldTogether() throws Exception {
    send("g", "g1", "g2");
    send("h", "h1");

    commit(take(3), "g1", "g2");

    assertThat(sqs.left(QUEUE)).containsExactly("g1", "g2");
    aMinutePasses();
    assertThat(bodies(take(3))).containsExactly("g1", "g2");
  }

  @Test
  void theLastRefusalIsADeadLetterAndLetsThoseBehindItThrough() throws Exception {
    send("g", "g1", "g2");
    commit(take(1), "g1");
    aMinutePasses();

    commit(take(2), "g1");

    assertThat(sqs.left(QUEUE)).isEmpty();
    assertThat(server.deadLetters()).extracting(letter -> letter.body().text()).containsOnly("g1");
    assertThat(recorded()).as("where its deletion is lost, it is known").hasSize(2);
    assertThat(counters.values()).containsEntry("committed", 1L).containsEntry("deadLettered", 1L);
    assertThat(failures.isEmpty()).isTrue();
  }

  @Test
  void aDeadLetterThatAClientAppliesIsRemovedAndOneThatItRefusesStays() throws Exception {
    send("g", "g1");
    commit(take(1), "g1");
    aMinutePasses();
    commit(take(1), "g1");
    StoredDeadLetters letters =
        new StoredDeadLetters(
            "orders",
            parts.specification(),
            new Participants(new InMemoryBroker(), Map.of(NodeConfig.DEFAULT_DATABASE, database)));
    String number = letters.numbersOf(List.of()).get(0);
    assertThat(letters.numbersOf(List.of(number, "another"))).containsExactly(number);

    List<Message> refused = letter(number, letters);
    assertThat(bodies(refused)).containsExactly("g1");
    assertThatThrownBy(() -> commit(refused, "g1")).hasMessageContaining("stays a dead letter");
    assertThat(unit.batch().notHeld()).as("no attempt is counted").isEmpty();
    assertThat(letters.count()).isEqualTo(1);

    commit(letter(number, letters));

    assertThat(letters.count()).isZero();
    assertThat(letters.messageOf(number)).isNull();
    List<Message> late = unit.takeLetter(number, refused.get(0));
    assertThatThrownBy(() -> commit(late)).hasMessageContaining("is gone");
  }

  private List<Message> letter(String number, StoredDeadLetters letters) throws Exception {
    take(1);
    return unit.takeLetter(number, letters.messageOf(number));
  }

  @Test
  void whatIsUsedUpIsADeadLetterWithoutAClient() throws Exception {
    send("g", "g1", "g2");
    parts.deferred().countFailure(take(1).get(0), "once");
    parts.deferred().countFailure(take(1).get(0), "twice");

    List<Message> none = take(1);
    assertThat(none).isEmpty();
    assertThat(unit.hasHopeless()).isTrue();
    assertThat(server.deadLetters()).isEmpty();
    commit(none);

    assertThat(server.deadLetters()).extracting(letter -> letter.body().text()).containsOnly("g1");
    assertThat(sqs.left(QUEUE)).containsExactly("g2");
  }

  @Test
  void whatIsUsedUpBehindARefusedOneStaysBehindIt() throws Exception {
    send("g", "g1", "g2");
    Message second = take(2).get(1);
    parts.deferred().countFailure(second, "once");
    parts.deferred().countFailure(second, "twice");
    List<Message> messages = take(2);
    assertThat(bodies(messages)).containsExactly("g1");

    commit(messages, "g1");

    assertThat(server.deadLetters()).isEmpty();
    assertThat(sqs.left(QUEUE)).containsExactly("g1", "g2");
  }

  @Test
  void aSecondCopyIsDeletedAndCounted() throws Exception {
    send("g", "a");
    Message first = take(1).get(0);
    try (DatabaseSession session = database.openLocal()) {
      parts.opening().inbox().note(session.inbox("orders").now());
      session
          .inbox("orders")
          .record(List.of(first.deduplicationId()), parts.opening().inbox().terms(List.of(first)));
      session.commit();
    }

    List<Message> none = take(1);
    assertThat(none).isEmpty();
    assertThat(unit.hasHopeless()).as("which holds its group up").isTrue();
    commit(none);

    assertThat(sqs.left(QUEUE)).isEmpty();
    assertThat(counters.values()).containsEntry("duplicatesDropped", 1L);
  }

  @Test
  void whatAnotherHasAppliedMeanwhileIsNotAppliedAgain() throws Exception {
    send("g", "a");
    List<Message> messages = take(1);
    try (DatabaseSession session = database.openLocal()) {
      parts.opening().inbox().note(session.inbox("orders").now());
      session
          .inbox("orders")
          .record(
              List.of(messages.get(0).deduplicationId()), parts.opening().inbox().terms(messages));
      session.commit();
    }

    assertThatThrownBy(() -> commit(messages)).hasMessageContaining("applied meanwhile");
  }

  @Test
  void aCommitAfterTheLeaseHasEndedIsToldAndTheMessageComesAgainOnce() throws Exception {
    send("g", "a");
    queues.close();
    queues = queues(Duration.ofSeconds(1));
    sqs.losesReplies("visibility", Integer.MAX_VALUE);
    List<Message> late = take(1);
    CompletableFuture<Boolean> lost = new CompletableFuture<>();
    sessions.whenLost(reason -> lost.complete(true));
    assertThat(lost.get(10, TimeUnit.SECONDS)).isTrue();

    assertThatThrownBy(() -> commit(late)).hasMessageContaining("has ended");
    assertThat(recorded()).isEmpty();

    sqs.losesReplies("visibility", 0);
    aMinutePasses();
    List<Message> again = take(2);
    assertThat(bodies(again)).containsExactly("a");
    commit(again);
    assertThat(recorded()).hasSize(1);
    assertThat(sqs.left(QUEUE)).isEmpty();
  }

  @Test
  void anUncommittedUnitIsToldAsFailure() {
    Exception cause = new IllegalStateException("why");

    assertThatThrownBy(() -> DeliveryUnit.require(new Outcome.InDoubt(cause))).hasCause(cause);
  }
}

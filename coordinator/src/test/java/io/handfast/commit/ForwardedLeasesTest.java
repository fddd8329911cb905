package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.commit.SequentialCommit.Acknowledgement;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Inbox;
import io.handfast.message.BrokerException;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Message;
import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import io.handfast.message.SourceConnector;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeConfig;
import io.handfast.sqs.InMemorySqs;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.SdkClientException;

/** The steps of units that apply messages of a queue that leases them, and send them on. */
class ForwardedLeasesTest extends ForwardedUnits {

  private static final String QUEUE = "orders.fifo";
  private static final Source SOURCE = Source.ofLeases(QUEUE, Source.Key.MESSAGE_ID);
  private static final Duration LEASE = Duration.ofSeconds(30);

  /** What is promised of each message. */
  enum Promise {
    EXACTLY_ONCE,
    AT_LEAST_ONCE,
    AT_MOST_ONCE
  }

  private final InMemoryBroker.OwnTime time = new InMemoryBroker.OwnTime();
  private final InMemorySqs sqs = new InMemorySqs(this::request, time);
  private boolean isGone;

  ForwardedLeasesTest() {
    sqs.createQueue(
        queue -> queue.queueName(QUEUE).attributesWithStrings(Map.of("FifoQueue", "true")));
  }

  /** A process that has ended deletes nothing, and gives nothing back. */
  private void request(String kind) {
    if (isGone) {
      throw SdkClientException.create("the process has ended");
    }
    if (kind.equals("delete")) {
      trace.add(kind);
    }
  }

  private void put(String body) {
    sqs.sendMessage(
        message ->
            message
                .queueUrl(QUEUE)
                .messageGroupId("g")
                .messageDeduplicationId(body)
                .messageBody(body));
  }

  /** One consumer: what a process loses when it ends. */
  private final class Driven implements AutoCloseable {

    private final Promise promise;
    private final Sessions sessions;
    private final Units units;
    private UnitOfWork unit;

    Driven(Promise promise) {
      this.promise = promise;
      sessions = new Sessions(new Ways(promise == Promise.EXACTLY_ONCE));
      units =
          switch (promise) {
            case EXACTLY_ONCE ->
                protocol()
                    .ofLeases(sessions, NodeConfig.DEFAULT_DATABASE, "orders", LONGEST, "sqs");
            case AT_LEAST_ONCE ->
                () -> new SequentialCommit(sessions, Acknowledgement.AFTER_ROWS, "sqs");
            case AT_MOST_ONCE ->
                () -> new SequentialCommit(sessions, Acknowledgement.BEFORE_APPLYING, "sqs");
          };
    }

    /** Receives, records, applies and sends on; what is left is the commit. */
    List<Message> apply() throws Exception {
      unit = units.begin();
      List<Message> messages = unit.messages().receive(unit.atMost(10), Duration.ZERO);
      if (messages.isEmpty()) {
        unit.rollback();
        return messages;
      }
      DatabaseSession rows = unit.database(NodeConfig.DEFAULT_DATABASE);
      unit.received();
      Set<String> known = new HashSet<>();
      if (promise == Promise.EXACTLY_ONCE) {
        List<String> ids = messages.stream().map(Message::id).toList();
        known.addAll(rows.inbox("orders").record(ids, Inbox.Terms.UNTIL_REMOVED));
      }
      List<Message> fresh = messages.stream().filter(m -> !known.contains(m.id())).toList();
      ForwardedUnits.apply(fresh, unit);
      return messages;
    }

    void drain() throws Exception {
      int empty = 0;
      while (empty < 2) {
        if (apply().isEmpty()) {
          empty++;
        } else {
          assertThat(unit.commit()).isEqualTo(new Outcome.Committed());
        }
      }
    }

    @Override
    public void close() {
      units.close();
      sessions.close();
    }
  }

  private final class Ways extends Targets {

    private final SourceConnector queues =
        InMemorySqs.queues(sqs, MessageLimits.ofHeap(1L << 28), LEASE, Clock.systemUTC());

    Ways(boolean isXa) {
      super(isXa);
    }

    @Override
    public SourceSession messages() throws BrokerException {
      SourceSession session = queues.openLocal(Prefetch.ON_DEMAND);
      session.consume(SOURCE);
      return session;
    }
  }

  @Test
  void theBranchIsPreparedThenOneCommitDecidesAndWhatWasLeasedIsDeletedLast() throws Exception {
    put("a");
    try (Driven consumer = new Driven(Promise.EXACTLY_ONCE)) {
      consumer.apply();
      assertThat(consumer.unit.participants()).containsExactly("sqs", "broker", "database");
      trace.clear();

      assertThat(consumer.unit.commit()).isEqualTo(new Outcome.Committed());

      assertThat(trace.steps())
          .containsSubsequence("write marker", "commit", "delete")
          .endsWith("delete");
      assertThat(rows()).containsExactly("a");
      assertThat(sent()).containsExactly("a");
      assertThat(broker.preparedBranches()).isZero();
      assertThat(sqs.left(QUEUE)).isEmpty();
    }
  }

  @Test
  void atLeastOnceSendsAfterTheRowsAndBeforeItDeletes() throws Exception {
    put("a");
    try (Driven consumer = new Driven(Promise.AT_LEAST_ONCE)) {
      consumer.apply();
      trace.clear();

      assertThat(consumer.unit.commit()).isEqualTo(new Outcome.Committed());

      assertThat(trace.steps()).containsExactly("commit", "acknowledge", "delete");
    }
  }

  @Test
  void atMostOnceDeletesFirst() throws Exception {
    put("a");
    try (Driven consumer = new Driven(Promise.AT_MOST_ONCE)) {
      consumer.apply();
      assertThat(sqs.left(QUEUE)).isEmpty();
      trace.clear();

      assertThat(consumer.unit.commit()).isEqualTo(new Outcome.Committed());

      assertThat(trace.steps()).containsExactly("commit", "acknowledge");
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingOfAUnitThatIsRolledBackIsSent(Promise promise) throws Exception {
    put("a");
    try (Driven consumer = new Driven(promise)) {
      consumer.apply();
      consumer.unit.rollback();
      consumer.sessions.rollback();

      put("b");
      consumer.drain();
    }
    assertThat(rows()).isEqualTo(sent());
    assertThat(sent()).doesNotHaveDuplicates().contains("b");
    assertThat(broker.preparedBranches()).isZero();
  }

  @Test
  void aCommitWhoseReplyIsLostIsFoundInTheMarker() throws Exception {
    put("a");
    try (Driven consumer = new Driven(Promise.EXACTLY_ONCE)) {
      consumer.apply();
      losesAnswer = "commit";

      assertThat(consumer.unit.commit()).isEqualTo(new Outcome.Committed());

      assertThat(sqs.left(QUEUE)).isEmpty();
      put("b");
      consumer.drain();
    }
    assertThat(rows()).containsExactly("a", "b");
    assertThat(sent()).containsExactly("a", "b");
  }

  @Test
  void aDeletionThatIsNotConfirmedIsDecidedAndItsMessageIsNotSentAgain() throws Exception {
    put("a");
    try (Driven consumer = new Driven(Promise.EXACTLY_ONCE)) {
      consumer.apply();
      isGone = true;

      assertThat(consumer.unit.commit()).isInstanceOf(Outcome.Decided.class);
    }
    isGone = false;
    time.passUntil(time.millis() + LEASE.toMillis());
    try (Driven next = new Driven(Promise.EXACTLY_ONCE)) {
      next.drain();
    }
    assertThat(sqs.left(QUEUE)).isEmpty();
    assertThat(rows()).containsExactly("a");
    assertThat(sent()).containsExactly("a");
  }

  @ParameterizedTest
  @EnumSource
  void aProcessMayEndBeforeAnyStep(Promise promise) throws Exception {
    int crashes = 0;
    for (int step = 0; step == crashes; step++) {
      crashes += new ForwardedLeasesTest().crashAndGoOn(promise, step) ? 1 : 0;
    }
    assertThat(crashes).isGreaterThan(6);
  }

  /** False where the work was done before the crash. */
  private boolean crashAndGoOn(Promise promise, int step) throws Exception {
    put("a");
    put("b");
    trace.crashesAfter(step);
    Driven first = new Driven(promise);
    boolean hasCrashed = false;
    try {
      first.drain();
    } catch (Trace.Crash e) {
      hasCrashed = true;
    }
    trace.crashesNoMore();
    isGone = true;
    first.sessions.close();
    isGone = false;
    time.passUntil(time.millis() + LEASE.toMillis());
    recover();
    put("c");

    try (Driven second = new Driven(promise)) {
      second.drain();
    }

    List<String> all = List.of("a", "b", "c");
    switch (promise) {
      case EXACTLY_ONCE -> {
        assertThat(rows()).as("after %d steps", step).containsExactlyElementsOf(all);
        assertThat(sent()).as("after %d steps", step).containsExactlyElementsOf(all);
      }
      case AT_LEAST_ONCE -> {
        assertThat(rows()).containsAll(all);
        assertThat(sent()).containsAll(all);
      }
      case AT_MOST_ONCE -> {
        assertThat(rows()).doesNotHaveDuplicates().contains("c");
        assertThat(sent()).doesNotHaveDuplicates().contains("c");
      }
    }
    assertThat(sqs.left(QUEUE)).isEmpty();
    return hasCrashed;
  }
}

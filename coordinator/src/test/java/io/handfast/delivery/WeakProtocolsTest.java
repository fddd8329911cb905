package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.database.DatabaseSession;
import io.handfast.database.FakeDatabase;
import io.handfast.database.InvalidStatementException;
import io.handfast.database.PoisonException;
import io.handfast.database.StatementTemplate;
import io.handfast.delivery.DeliverySpecification.Retry;
import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.event.Event;
import io.handfast.event.Event.UnitApplied;
import io.handfast.event.Event.UnitReceived;
import io.handfast.event.Events;
import io.handfast.event.FakeDelivery;
import io.handfast.event.TraceContext;
import io.handfast.message.BrokerException;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Intake;
import io.handfast.message.Message;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order of the steps of the protocols without a distributed transaction, step by step. */
class WeakProtocolsTest {

  private static final DeliverySpecification SPECIFICATION =
      new DeliverySpecification(
          Source.ofQueue("orders"),
          Guarantee.EXACTLY_ONCE,
          ProtocolName.IDEMPOTENCY,
          Style.PUSH,
          1,
          100,
          false,
          null,
          null,
          null,
          new Retry(3, Duration.ZERO),
          "orders.dead");

  private final Trace trace = new Trace();
  private final List<Event> told = new ArrayList<>();
  private final SteppedClock clock = new SteppedClock();
  private final InMemoryBroker broker = new InMemoryBroker(trace::add);
  private final Failures failures = new Failures(null);
  private final InboxState inboxState = new InboxState(Set.of(), clock);
  private final Set<String> refusing = new HashSet<>();
  private boolean isSinkAway;
  private FakeDatabase database;
  private DatabaseSession rows;

  @BeforeEach
  void open() throws Exception {
    database = new FakeDatabase(trace);
  }

  @AfterEach
  void close() throws Exception {
    failures.close();
    database.close();
  }

  @Test
  void atMostOnceAcknowledgesBeforeItApplies() throws Exception {
    broker.put("orders", "a", Map.of()).put("orders", "b", Map.of());

    Outcome outcome = new AtMostOnce().run(lane());

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly("receive", "acknowledge", "apply", "commit rows", "acknowledge");
    assertThat(database.applied()).containsExactly("a", "b");
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void atMostOnceAppliesNothingWhoseAcknowledgementWasNotConfirmed() throws Exception {
    broker.put("orders", "a", Map.of()).failsAtCommit(1);
    Lane lane = lane();

    Outcome outcome = new AtMostOnce().run(lane);

    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    assertThat(trace.steps()).containsExactly("receive", "acknowledge");
    assertThat(lane.orphans()).isEmpty();
  }

  @Test
  void atMostOnceAppliesAgainWhatWasAcknowledgedAndCertainlyNotCommitted() throws Exception {
    broker.put("orders", "a", Map.of());
    isSinkAway = true;
    Lane lane = lane();
    Outcome first = new AtMostOnce().run(lane);
    assertThat(first).isInstanceOf(Outcome.RolledBack.class);
    assertThat(lane.orphans()).extracting(Message::id).containsExactly("a");
    isSinkAway = false;
    trace.clear();

    Lane next = lane();
    next.adopt(lane.orphans());
    Outcome second = new AtMostOnce().run(next);

    assertThat(second).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps()).containsExactly("acknowledge", "apply", "commit rows", "acknowledge");
    assertThat(database.applied()).containsExactly("a");
  }

  @Test
  void atMostOnceNeverRepeatsAUnitOnceItsDatabaseCommitWasSent() throws Exception {
    broker.put("orders", "a", Map.of());
    database.failsToCommit(true);
    Lane lane = lane();

    Outcome outcome = new AtMostOnce().run(lane);
    lane.giveUp();

    assertThat(outcome).isInstanceOf(Outcome.InDoubt.class);
    assertThat(trace.steps()).containsExactly("receive", "acknowledge", "apply", "commit rows");
    assertThat(lane.orphans()).isEmpty();
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void atLeastOnceAcknowledgesAfterTheRowsAreCommitted() throws Exception {
    broker.put("orders", "a", Map.of());

    Outcome outcome = new AtLeastOnce().run(lane());

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps()).containsExactly("receive", "apply", "commit rows", "acknowledge");
    assertThat(database.applied()).containsExactly("a");
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void atLeastOnceAcknowledgesNothingThatCouldNotBeApplied() throws Exception {
    broker.put("orders", "a", Map.of());
    isSinkAway = true;

    Outcome outcome = new AtLeastOnce().run(lane());

    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    assertThat(trace.steps()).containsExactly("receive", "apply");
    assertThat(broker.left("orders")).containsExactly("a");
  }

  @Test
  void atLeastOnceAcknowledgesNothingWhoseRowsAreInDoubt() throws Exception {
    broker.put("orders", "a", Map.of());
    database.failsToCommit(true);

    Outcome outcome = new AtLeastOnce().run(lane());

    assertThat(outcome).isInstanceOf(Outcome.InDoubt.class);
    assertThat(trace.steps()).containsExactly("receive", "apply", "commit rows");
    assertThat(broker.left("orders")).containsExactly("a");
  }

  @Test
  void atLeastOnceAppliesAgainWhoseAcknowledgementWasLost() throws Exception {
    broker.put("orders", "a", Map.of()).failsAtCommit(1);
    Lane lane = lane();
    Outcome first = new AtLeastOnce().run(lane);
    lane.close();

    Outcome second = new AtLeastOnce().run(lane());

    assertThat(first).isInstanceOf(Outcome.InDoubt.class);
    assertThat(second).isEqualTo(new Outcome.Committed());
    assertThat(database.applied()).containsExactly("a", "a");
  }

  @Test
  void idempotencyRecordsTheIdsWithTheRows() throws Exception {
    broker.put("orders", "a", Map.of());

    Outcome outcome = new Idempotency().run(lane());

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly("receive", "record ids", "apply", "commit rows", "acknowledge");
    assertThat(database.applied()).containsExactly("a");
    assertThat(database.inbox()).containsExactly("a");
    assertThat(inboxState.takeConfirmed()).containsExactly("a");
  }

  @Test
  void idempotencyAppliesOnceThoughTheAcknowledgementWasLost() throws Exception {
    broker.put("orders", "a", Map.of()).failsAtCommit(1);
    Lane lane = lane();
    Outcome first = new Idempotency().run(lane);
    lane.close();
    broker.put("orders", "b", Map.of());

    Outcome second = new Idempotency().run(lane());

    assertThat(first).isInstanceOf(Outcome.InDoubt.class);
    assertThat(second).isEqualTo(new Outcome.Committed());
    assertThat(database.applied()).containsExactly("a", "b");
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void idempotencyKeepsIdsUntilTheBrokerHasConfirmed() throws Exception {
    broker.put("orders", "a", Map.of()).failsAtCommit(1);

    new Idempotency().run(lane());

    assertThat(database.inbox()).containsExactly("a");
    assertThat(inboxState.takeConfirmed()).isEmpty();
  }

  @Test
  void idempotencyRemovesIdsWithTheNextUnitOnceTheBrokerHasConfirmed() throws Exception {
    broker.put("orders", "a", Map.of());
    Lane lane = lane();
    new Idempotency().run(lane);
    broker.put("orders", "b", Map.of());

    new Idempotency().run(lane);

    assertThat(database.inbox()).containsExactly("b");
  }

  @Test
  void idempotencyAppliesTwoCopiesInOneUnitOnce() throws Exception {
    broker
        .put("orders", "a", Map.of("_AMQ_DUPL_ID", "x"))
        .put("orders", "b", Map.of("_AMQ_DUPL_ID", "x"));

    Outcome outcome = new Idempotency().run(lane());

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(database.applied()).containsExactly("a");
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void whatIsSetAsideIsNotTakenForASecondCopyLater() throws Exception {
    broker.put("orders", "a", Map.of()).put("orders", "b", Map.of());
    refusing.add("a");

    Outcome outcome = new Idempotency().run(lane());

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(database.applied()).containsExactly("b");
    assertThat(database.inbox()).containsExactly("b");
    assertThat(broker.messagesIn("orders"))
        .extracting(Message::id, Message::failures)
        .containsExactly(tuple("a", 1));
  }

  @Test
  void copiesOfAUnitThatIsTriedAgainAreNotSentTwice() throws Exception {
    broker.put("orders", "a", Map.of()).put("orders", "b", Map.of("JMSXGroupID", "g"));
    refusing.addAll(Set.of("a", "b"));
    Lane lane = lane();
    Outcome held = new AtMostOnce().run(lane);
    lane.undo(false);

    lane.limit(1);
    Outcome alone = new AtMostOnce().run(lane);
    new AtMostOnce().run(lane);

    assertThat(held).isInstanceOf(Outcome.RolledBack.class);
    assertThat(alone).isEqualTo(new Outcome.Committed());
    assertThat(broker.messagesIn("orders"))
        .extracting(Message::id, Message::failures)
        .containsOnlyOnce(tuple("a", 1));
  }

  @Test
  void anEmptySourceIsNothing() throws Exception {
    for (Protocol protocol : List.of(new AtMostOnce(), new AtLeastOnce(), new Idempotency())) {
      trace.clear();

      Outcome outcome = protocol.run(lane());

      assertThat(outcome).isEqualTo(new Outcome.Nothing());
      assertThat(trace.steps()).containsExactly("receive");
      assertThat(told).isEmpty();
    }
  }

  @Test
  void eachUnitThatReceivesIsPublishedStepByStepInNoTransaction() throws Exception {
    for (Protocol protocol : List.of(new AtMostOnce(), new AtLeastOnce(), new Idempotency())) {
      told.clear();
      broker.put("orders", "a", Map.of());
      Lane lane = lane();

      protocol.run(lane);

      assertThat(told).hasSize(2).element(1).isInstanceOf(UnitApplied.class);
      assertThat(told.get(0))
          .isInstanceOfSatisfying(
              UnitReceived.class,
              unit -> {
                assertThat(unit.transaction()).isNull();
                assertThat(unit).isSameAs(((UnitApplied) told.get(1)).unit());
                assertThat(unit).isSameAs(lane.unit().received());
              });
    }
  }

  @Test
  void aUnitThatCannotBeAppliedIsPublishedWithTheCause() throws Exception {
    isSinkAway = true;
    broker.put("orders", "a", Map.of());

    new AtLeastOnce().run(lane());

    assertThat(told.get(1))
        .isInstanceOfSatisfying(
            UnitApplied.class,
            step -> assertThat(step.failure()).hasMessage("the database is away"));
  }

  private Lane lane() throws Exception {
    return lane(broker);
  }

  private static SourceSession open(InMemoryBroker from) throws BrokerException {
    SourceSession session = from.openLocal(Intake.BUFFERED);
    session.consume(Source.ofQueue("orders"));
    return session;
  }

  private Lane lane(InMemoryBroker from) throws Exception {
    rows = database.open();
    UnitSessions sessions = new UnitSessions(open(from), rows, "default");
    SetAside setAside = new SetAside("orders", SPECIFICATION, failures, clock);
    return new Lane(
        SPECIFICATION,
        sessions,
        this::apply,
        setAside,
        rows.inbox("orders"),
        inboxState,
        new UnitEvents(
            new FakeDelivery("orders"), new Events(List.of(told::add)), TraceContext.NONE));
  }

  private Result apply(List<Message> messages) throws SQLException {
    trace.add("apply");
    if (isSinkAway) {
      throw new SQLException("the database is away");
    }
    List<Message> applied = new ArrayList<>();
    List<Refused> refused = new ArrayList<>();
    for (Message message : messages) {
      if (refusing.contains(message.id())) {
        refused.add(new Refused(message, "refused", false));
      } else {
        insert(message);
        applied.add(message);
      }
    }
    return new Result(applied, refused);
  }

  private void insert(Message message) throws SQLException {
    try {
      rows.execute(
          List.of(StatementTemplate.parse("INSERT INTO applied VALUES (:message.id)")),
          List.of(parameter -> message.id()));
    } catch (InvalidStatementException | PoisonException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatWasSetAsideIsAppliedOnceThoughAnotherLaneStillHoldsItsIdForRemoval() throws Exception {
    broker.put("orders", "a", Map.of());
    refusing.add("a");
    Lane first = lane();
    new Idempotency().run(first);
    refusing.clear();
    Lane other = lane(new InMemoryBroker(trace::add).put("orders", "z", Map.of()));
    other.receive();
    other.recognise(); // holds what may be removed, in a unit that will fail
    broker.put("orders", "copy", Map.of("handfast_id", "a")).failsAtCommit(1);
    Lane second = lane();
    Outcome inDoubt = new Idempotency().run(second);
    second.close();
    other.undo(false);

    Outcome again = new Idempotency().run(lane());

    assertThat(inDoubt).isInstanceOf(Outcome.InDoubt.class);
    assertThat(again).isEqualTo(new Outcome.Committed());
    assertThat(database.applied()).containsExactly("a");
  }
}

package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.commit.Sessions;
import io.handfast.commit.UnitOfWork;
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
import io.handfast.message.Message;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order of the steps of the protocols without a distributed transaction, step by step. */
class DeliveryUnitTest {

  private static final DeliverySpecification AT_MOST_ONCE =
      specification(Guarantee.AT_MOST_ONCE, ProtocolName.TWO_PHASE_COMMIT);
  private static final DeliverySpecification AT_LEAST_ONCE =
      specification(Guarantee.AT_LEAST_ONCE, ProtocolName.TWO_PHASE_COMMIT);
  private static final DeliverySpecification IDEMPOTENCY =
      specification(Guarantee.EXACTLY_ONCE, ProtocolName.IDEMPOTENCY);

  private static DeliverySpecification specification(Guarantee guarantee, ProtocolName protocol) {
    return new DeliverySpecification(
        Source.ofQueue("orders"),
        new DeliverySpecification.Assurance(guarantee, protocol),
        Style.PUSH,
        new DeliverySpecification.Load(1, 100, false),
        new DeliverySpecification.Effects(
            new DeliverySpecification.Sink("default", List.of(), false), null, null),
        new Retry(3, Duration.ZERO),
        "orders.dead");
  }

  private final Trace trace = new Trace();
  private final List<Event> told = new ArrayList<>();
  private final SteppedClock clock = new SteppedClock();
  private final InMemoryBroker broker = new InMemoryBroker(trace::add);
  private final Failures failures = new Failures(null);
  private final Map<DeliverySpecification, DeliveryParts> parts = new HashMap<>();
  private final Set<String> refusing = new HashSet<>();
  private boolean isSinkAway;
  private Callable<Result> whileApplying;
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

    Outcome outcome = consumer(AT_MOST_ONCE).run();

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly("receive", "acknowledge", "apply", "commit rows", "acknowledge");
    assertThat(database.applied()).containsExactly("a", "b");
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void atMostOnceAppliesNothingWhoseAcknowledgementWasNotConfirmed() throws Exception {
    broker.put("orders", "a", Map.of()).failsAtCommit(1);
    Driver lane = consumer(AT_MOST_ONCE);

    Outcome outcome = lane.run();

    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    assertThat(trace.steps()).containsExactly("receive", "acknowledge");
    assertThat(lane.orphans()).isEmpty();
  }

  @Test
  void atMostOnceAppliesAgainWhatWasAcknowledgedAndCertainlyNotCommitted() throws Exception {
    broker.put("orders", "a", Map.of());
    isSinkAway = true;
    Driver lane = consumer(AT_MOST_ONCE);
    Outcome first = lane.run();
    assertThat(first).isInstanceOf(Outcome.RolledBack.class);
    assertThat(lane.orphans()).extracting(Message::id).containsExactly("a");
    isSinkAway = false;
    trace.clear();

    Driver next = consumer(AT_MOST_ONCE);
    next.adopt(lane.orphans());
    Outcome second = next.run();

    assertThat(second).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps()).containsExactly("acknowledge", "apply", "commit rows", "acknowledge");
    assertThat(database.applied()).containsExactly("a");
  }

  @Test
  void atMostOnceNeverRepeatsAUnitOnceItsDatabaseCommitWasSent() throws Exception {
    broker.put("orders", "a", Map.of());
    database.failsToCommit(true);
    Driver lane = consumer(AT_MOST_ONCE);

    Outcome outcome = lane.run();

    assertThat(outcome).isInstanceOf(Outcome.InDoubt.class);
    assertThat(trace.steps()).containsExactly("receive", "acknowledge", "apply", "commit rows");
    assertThat(lane.orphans()).isEmpty();
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void atLeastOnceAcknowledgesAfterTheRowsAreCommitted() throws Exception {
    broker.put("orders", "a", Map.of());

    Outcome outcome = consumer(AT_LEAST_ONCE).run();

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps()).containsExactly("receive", "apply", "commit rows", "acknowledge");
    assertThat(database.applied()).containsExactly("a");
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void atLeastOnceAcknowledgesNothingThatCouldNotBeApplied() throws Exception {
    broker.put("orders", "a", Map.of());
    isSinkAway = true;

    Outcome outcome = consumer(AT_LEAST_ONCE).run();

    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    assertThat(trace.steps()).containsExactly("receive", "apply");
    assertThat(broker.left("orders")).containsExactly("a");
  }

  @Test
  void atLeastOnceAcknowledgesNothingWhoseRowsAreInDoubt() throws Exception {
    broker.put("orders", "a", Map.of());
    database.failsToCommit(true);

    Outcome outcome = consumer(AT_LEAST_ONCE).run();

    assertThat(outcome).isInstanceOf(Outcome.InDoubt.class);
    assertThat(trace.steps()).containsExactly("receive", "apply", "commit rows");
    assertThat(broker.left("orders")).containsExactly("a");
  }

  @Test
  void atLeastOnceAppliesAgainWhoseAcknowledgementWasLost() throws Exception {
    broker.put("orders", "a", Map.of()).failsAtCommit(1);
    Driver lane = consumer(AT_LEAST_ONCE);
    Outcome first = lane.run();
    lane.close();

    Outcome second = consumer(AT_LEAST_ONCE).run();

    assertThat(first).isInstanceOf(Outcome.InDoubt.class);
    assertThat(second).isEqualTo(new Outcome.Committed());
    assertThat(database.applied()).containsExactly("a", "a");
  }

  @Test
  void idempotencyRecordsTheIdsWithTheRows() throws Exception {
    broker.put("orders", "a", Map.of());

    Outcome outcome = consumer(IDEMPOTENCY).run();

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly("receive", "record ids", "apply", "commit rows", "acknowledge");
    assertThat(database.applied()).containsExactly("a");
    assertThat(database.inbox()).containsExactly("a");
    assertThat(parts(IDEMPOTENCY).opening().inbox().takeConfirmed()).containsExactly("a");
  }

  @Test
  void idempotencyAppliesOnceThoughTheAcknowledgementWasLost() throws Exception {
    broker.put("orders", "a", Map.of()).failsAtCommit(1);
    Driver lane = consumer(IDEMPOTENCY);
    Outcome first = lane.run();
    lane.close();
    broker.put("orders", "b", Map.of());

    Outcome second = consumer(IDEMPOTENCY).run();

    assertThat(first).isInstanceOf(Outcome.InDoubt.class);
    assertThat(second).isEqualTo(new Outcome.Committed());
    assertThat(database.applied()).containsExactly("a", "b");
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void idempotencyKeepsIdsUntilTheBrokerHasConfirmed() throws Exception {
    broker.put("orders", "a", Map.of()).failsAtCommit(1);

    consumer(IDEMPOTENCY).run();

    assertThat(database.inbox()).containsExactly("a");
    assertThat(parts(IDEMPOTENCY).opening().inbox().takeConfirmed()).isEmpty();
  }

  @Test
  void idempotencyRemovesIdsWithTheNextUnitOnceTheBrokerHasConfirmed() throws Exception {
    broker.put("orders", "a", Map.of());
    Driver lane = consumer(IDEMPOTENCY);
    lane.run();
    broker.put("orders", "b", Map.of());

    lane.run();

    assertThat(database.inbox()).containsExactly("b");
  }

  @Test
  void idempotencyAppliesTwoCopiesInOneUnitOnce() throws Exception {
    broker
        .put("orders", "a", Map.of("_AMQ_DUPL_ID", "x"))
        .put("orders", "b", Map.of("_AMQ_DUPL_ID", "x"));

    Outcome outcome = consumer(IDEMPOTENCY).run();

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(database.applied()).containsExactly("a");
    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void whatIsSetAsideIsNotTakenForASecondCopyLater() throws Exception {
    broker.put("orders", "a", Map.of()).put("orders", "b", Map.of());
    refusing.add("a");

    Outcome outcome = consumer(IDEMPOTENCY).run();

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
    Driver lane = consumer(AT_MOST_ONCE);
    Outcome held = lane.run();
    lane.undo();

    lane.limit(1);
    Outcome alone = lane.run();
    lane.run();

    assertThat(held).isInstanceOf(Outcome.RolledBack.class);
    assertThat(alone).isEqualTo(new Outcome.Committed());
    assertThat(broker.messagesIn("orders"))
        .extracting(Message::id, Message::failures)
        .containsOnlyOnce(tuple("a", 1));
  }

  @Test
  void anEmptySourceIsNothing() throws Exception {
    for (DeliverySpecification each : List.of(AT_MOST_ONCE, AT_LEAST_ONCE, IDEMPOTENCY)) {
      trace.clear();

      Outcome outcome = consumer(each).run();

      assertThat(outcome).isEqualTo(new Outcome.Nothing());
      assertThat(trace.steps()).containsExactly("receive");
      assertThat(told).isEmpty();
    }
  }

  @Test
  void eachUnitThatReceivesIsPublishedStepByStepInNoTransaction() throws Exception {
    for (DeliverySpecification each : List.of(AT_MOST_ONCE, AT_LEAST_ONCE, IDEMPOTENCY)) {
      told.clear();
      broker.put("orders", "a", Map.of());
      Driver lane = consumer(each);

      lane.run();

      assertThat(told).hasSize(2).element(1).isInstanceOf(UnitApplied.class);
      assertThat(told.get(0))
          .isInstanceOfSatisfying(
              UnitReceived.class,
              unit -> {
                assertThat(unit.transaction()).isNull();
                assertThat(unit).isSameAs(((UnitApplied) told.get(1)).unit());
                assertThat(unit).isSameAs(lane.batch().received());
              });
    }
  }

  @Test
  void aUnitThatCannotBeAppliedIsPublishedWithTheCause() throws Exception {
    isSinkAway = true;
    broker.put("orders", "a", Map.of());

    consumer(AT_LEAST_ONCE).run();

    assertThat(told.get(1))
        .isInstanceOfSatisfying(
            UnitApplied.class,
            step -> assertThat(step.failure()).hasMessage("the database is away"));
  }

  private Driver consumer(DeliverySpecification specification) throws Exception {
    return consumer(specification, broker);
  }

  private Driver consumer(DeliverySpecification specification, InMemoryBroker from) {
    return new Driver(parts(specification), from);
  }

  private DeliveryParts parts(DeliverySpecification specification) {
    return parts.computeIfAbsent(specification, this::newParts);
  }

  /** Without what only the opening of real sessions asks for. */
  private DeliveryParts newParts(DeliverySpecification specification) {
    return new DeliveryParts(
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
        () -> this::apply,
        null,
        null,
        new DeferredMessages("orders", specification, failures, clock),
        new UnitEvents(
            new FakeDelivery("orders"), new Events(List.of(told::add)), TraceContext.NONE),
        new Interruption("orders", "orders.dead", clock),
        new Counters(),
        Admission.ALL);
  }

  /** Runs units as a consumer does. */
  private final class Driver {

    private final DeliveryParts parts;
    private final Deque<Message> acknowledged = new ArrayDeque<>();
    private final Sessions sessions;
    private DeliveryUnit last;
    private int limit = 100;

    Driver(DeliveryParts parts, InMemoryBroker from) {
      this.parts = parts;
      this.sessions =
          new Sessions(
              new Sessions.Opener() {
                @Override
                public SourceSession messages() throws BrokerException {
                  SourceSession session = from.openLocal(Prefetch.BUFFERED);
                  session.consume(Source.ofQueue("orders"));
                  return session;
                }

                @Override
                public DatabaseSession database(String name) throws SQLException {
                  rows = database.open();
                  return rows;
                }
              });
    }

    Outcome run() throws Exception {
      last =
          new DeliveryUnit(parts, parts.opening().units(sessions).begin(), parts.inboxDatabase());
      Outcome outcome = last.run(parts.sinks().get(), limit, Duration.ZERO, acknowledged);
      acknowledged.addAll(last.orphans());
      last.over(outcome);
      return outcome;
    }

    void limit(int messages) {
      limit = messages;
    }

    void adopt(Collection<Message> others) {
      acknowledged.addAll(others);
    }

    List<Message> orphans() {
      return List.copyOf(acknowledged);
    }

    Batch batch() {
      return last.batch();
    }

    void undo() throws Exception {
      sessions.rollback();
    }

    void close() {
      sessions.close();
    }
  }

  private Result apply(UnitOfWork work, Batch batch, List<Message> messages) throws Exception {
    trace.add("apply");
    Callable<Result> meanwhile = whileApplying;
    whileApplying = null;
    if (meanwhile != null) {
      return meanwhile.call();
    }
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
  void whatWasSetAsideIsAppliedOnceThoughAnotherUnitStillHoldsItsIdForRemoval() throws Exception {
    broker.put("orders", "a", Map.of());
    refusing.add("a");
    Driver first = consumer(IDEMPOTENCY);
    first.run();
    refusing.clear();
    Driver other =
        consumer(IDEMPOTENCY, new InMemoryBroker(trace::add).put("orders", "z", Map.of()));
    List<Outcome> inDoubt = new ArrayList<>();
    whileApplying =
        () -> { // the other unit holds what may be removed, and is going to fail
          broker.put("orders", "copy", Map.of("handfast_id", "a")).failsAtCommit(1);
          Driver second = consumer(IDEMPOTENCY);
          inDoubt.add(second.run());
          second.close();
          throw new SQLException("the database is away");
        };
    other.run();
    other.undo();

    Outcome again = consumer(IDEMPOTENCY).run();

    assertThat(inDoubt).hasOnlyElementsOfType(Outcome.InDoubt.class).hasSize(1);
    assertThat(again).isEqualTo(new Outcome.Committed());
    assertThat(database.applied()).containsExactly("a");
  }
}

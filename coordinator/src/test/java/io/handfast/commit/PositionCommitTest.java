package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.commit.PositionCommit.Order;
import io.handfast.commit.PositionCommit.PartitionTakenException;
import io.handfast.commit.PositionCommit.Reader;
import io.handfast.database.DatabaseSession;
import io.handfast.database.JsonValues;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.database.Positions.Held;
import io.handfast.database.Positions.Move;
import io.handfast.database.Positions.OtherGroupException;
import io.handfast.database.Positions.Place;
import io.handfast.database.StatementTemplate;
import io.handfast.event.Events;
import io.handfast.message.BrokerException;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.InMemoryKafka;
import io.handfast.message.Message;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The steps of units with positions: in order, cut off at each, lost, and of a consumer too many.
 */
class PositionCommitTest {

  private static final Reader READER = new Reader("orders", "orders", "g");
  private static final Source SOURCE = Source.ofPartitions("orders", "g", Source.Start.EARLIEST);

  /** What another consumer does between the loss of an answer and the next call. */
  @FunctionalInterface
  private interface Meanwhile {
    void run() throws Exception;
  }

  /** The database's calls, in the same trace as those of the source. */
  private final class Seam implements MemorySeam {

    private String losesCall = "";
    private String losesAnswer = "";
    private Meanwhile meanwhile = () -> {};

    @Override
    public void before(String call) throws SQLException {
      if (!call.equals("open")) {
        trace.add(call);
      }
      if (call.equals(losesCall)) {
        losesCall = "";
        throw MemoryServer.failure("the call is lost", "08006");
      }
    }

    @Override
    public void after(String call) throws SQLException {
      if (call.equals(losesAnswer)) {
        losesAnswer = "";
        try {
          meanwhile.run();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
        throw MemoryServer.failure("the answer is lost", "08006");
      }
    }
  }

  private final Trace trace = new Trace();
  private final InMemoryKafka kafka = new InMemoryKafka(trace::add).create("orders", 2);
  private final MemoryServer server = new MemoryServer();
  private final Seam seam = new Seam();
  private final MemoryDatabase database = new MemoryDatabase("database", server, seam);

  /** One consumer: what a process loses when it ends. */
  private final class Driven implements AutoCloseable {

    private final List<PositionedSession> opened = new ArrayList<>();
    private final Sessions sessions =
        new Sessions(
            new Sessions.Opener() {
              @Override
              public SourceSession messages() {
                throw new IllegalStateException("the source has positions");
              }

              @Override
              public PositionedSession positioned() throws BrokerException {
                PositionedSession session = kafka.openPositioned();
                session.consume(SOURCE);
                opened.add(session);
                return session;
              }

              @Override
              public DatabaseSession database(String name) throws SQLException {
                return database.openLocal();
              }
            });
    private final Units units;
    private UnitOfWork unit;
    private List<Message> messages = List.of();

    Driven(Order order, Reader reader) {
      NodeIdentity identity = new NodeIdentity("n1", "0000000a", 1, List.of());
      units =
          new PositionCommit(
                  new LocalCommit(
                      identity,
                      new ActiveTransactions(),
                      new Markers(
                          new Participants(
                              new InMemoryBroker(), Map.of(NodeConfig.DEFAULT_DATABASE, database))),
                      (branch, answer) -> {},
                      Events.NONE))
              .on(sessions, NodeConfig.DEFAULT_DATABASE, reader, order, Duration.ofMinutes(1));
    }

    /** Receives and applies; what is left is the commit. */
    List<Message> apply(int max) throws Exception {
      unit = units.begin();
      SourceSession source = unit.messages();
      source.settled();
      messages = source.receive(unit.atMost(max), Duration.ofMillis(500));
      if (messages.isEmpty()) {
        unit.rollback();
        return messages;
      }
      DatabaseSession rows = unit.database(NodeConfig.DEFAULT_DATABASE);
      unit.received();
      rows.execute(
          List.of(StatementTemplate.parse("UPDATE t SET n = :message.body")),
          messages.stream().map(m -> new JsonValues(m.id(), m.body(), m::header)).toList());
      return messages;
    }

    Outcome run(int max) throws Exception {
      return apply(max).isEmpty() ? new Outcome.Nothing() : unit.commit();
    }

    /** Until nothing comes, and new partitions were asked for. */
    void drain() throws Exception {
      int empty = 0;
      while (empty < 3) {
        empty = run(10) instanceof Outcome.Nothing ? empty + 1 : 0;
      }
    }

    Outcome next(int max) throws Exception {
      Outcome outcome = run(max);
      for (int i = 0; i < 3 && outcome instanceof Outcome.Nothing; i++) {
        outcome = run(max);
      }
      return outcome;
    }

    void isTakenForDead() {
      kafka.expel(opened.get(opened.size() - 1));
    }

    @Override
    public void close() {
      sessions.close();
    }
  }

  private Driven consumer(Order order) {
    return new Driven(order, READER);
  }

  private void put(int partition, String... bodies) {
    for (String body : bodies) {
      kafka.put("orders", partition, body);
    }
  }

  private List<String> bodies() {
    return server.rows().stream().map(row -> String.valueOf(row.values().get(0))).toList();
  }

  @Test
  void exactlyOnceMovesThePositionWithTheRowsAndTellsTheSourceAfterwards() throws Exception {
    put(0, "a", "b");
    try (Driven consumer = consumer(Order.WITH_ROWS)) {
      consumer.run(10);
      assertThat(trace.steps()).containsExactly("receive");
      trace.clear();

      assertThat(consumer.run(10)).isEqualTo(new Outcome.Committed());

      assertThat(trace.steps())
          .containsExactly(
              "take position",
              "commit", // there is no row
              "known positions",
              "commit",
              "first positions",
              "create positions",
              "commit", // of both partitions
              "take position",
              "commit",
              "take position",
              "commit", // of the other partition
              "receive",
              "execute",
              "move positions",
              "commit");
      assertThat(kafka.kept("g", "orders", 0)).isEqualTo(2);
      assertThat(bodies()).containsExactly("a", "b");
      trace.clear();
      put(0, "c");

      consumer.run(10);

      assertThat(trace.steps()).containsExactly("receive", "execute", "move positions", "commit");
    }
  }

  @Test
  void offsetsWithoutAMessageArePassedSoThatRetentionMayRemoveThem() throws Exception {
    put(0, "a");
    try (Driven consumer = consumer(Order.WITH_ROWS)) {
      consumer.drain();
      kafka.skip("orders", 0);
      assertThat(consumer.run(10)).isEqualTo(new Outcome.Nothing());
      trace.clear();

      assertThat(consumer.run(10)).isEqualTo(new Outcome.Nothing());

      assertThat(trace.steps()).containsExactly("move positions", "commit", "receive");
      assertThat(kafka.kept("g", "orders", 0)).isEqualTo(2);
      trace.clear();
      assertThat(consumer.run(10)).isEqualTo(new Outcome.Nothing());
      assertThat(trace.steps()).as("once").containsExactly("receive");
    }
    kafka.retainFrom("orders", 0, 2);
    put(0, "b");
    try (Driven another = consumer(Order.WITH_ROWS)) {
      another.drain();
    }
    assertThat(bodies()).containsExactly("a", "b");
  }

  @Test
  void anOwnerThatWasReplacedPassesNothing() throws Exception {
    put(0, "a");
    try (Driven first = consumer(Order.WITH_ROWS)) {
      first.drain();
      kafka.skip("orders", 0);
      first.run(10);
      first.isTakenForDead();
      try (Driven second = consumer(Order.WITH_ROWS)) {
        put(0, "b");
        second.drain();
      }
      put(0, "c");

      first.drain();
    }
    assertThat(bodies()).containsExactly("a", "b", "c");
  }

  @Test
  void atLeastOnceHasTheSourceKeepThePositionAfterTheRowsAreCommitted() throws Exception {
    put(0, "a");
    try (Driven consumer = consumer(Order.AFTER_ROWS)) {
      consumer.run(10);
      consumer.run(10);
      trace.clear();
      put(0, "b");

      assertThat(consumer.run(10)).isEqualTo(new Outcome.Committed());

      assertThat(trace.steps())
          .containsExactly("receive", "execute", "move positions", "commit", "keep positions");
    }
  }

  @Test
  void atMostOnceMovesOnBeforeItApplies() throws Exception {
    put(0, "a");
    try (Driven consumer = consumer(Order.BEFORE_APPLYING)) {
      consumer.run(10);
      consumer.run(10);
      trace.clear();
      put(0, "b");

      assertThat(consumer.run(10)).isEqualTo(new Outcome.Committed());

      assertThat(trace.steps())
          .containsExactly(
              "receive", "keep positions", "move positions", "commit", "execute", "commit");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aProcessMayEndBeforeAnyStep(Order order) throws Exception {
    int crashes = 0;
    for (int step = 0; step == crashes; step++) {
      trace.crashesNoMore();
      PositionCommitTest fresh = new PositionCommitTest();
      crashes += fresh.crashAndGoOn(order, step) ? 1 : 0;
    }
    assertThat(crashes).isGreaterThan(12);
  }

  /** False where the work was done before the crash. */
  private boolean crashAndGoOn(Order order, int step) throws Exception {
    put(0, "a", "b");
    put(1, "c");
    trace.crashesAfter(step);
    Driven first = consumer(order);
    boolean hasCrashed = false;
    try {
      first.drain();
    } catch (Trace.Crash e) {
      hasCrashed = true;
    }
    trace.crashesNoMore();
    first.close();
    database.crash("n1");
    put(0, "d");

    try (Driven second = consumer(order)) {
      second.drain();
    }

    List<String> expected = List.of("a", "b", "c", "d");
    switch (order) {
      case WITH_ROWS, AFTER_ROWS ->
          assertThat(bodies()).containsExactlyInAnyOrderElementsOf(expected);
      case BEFORE_APPLYING -> {
        assertThat(bodies()).doesNotHaveDuplicates();
        assertThat(expected).containsAll(bodies());
        assertThat(bodies()).contains("d");
      }
    }
    return hasCrashed;
  }

  @Test
  void aCommitWhoseReplyIsLostIsFoundInTheRow() throws Exception {
    put(0, "a", "b");
    try (Driven consumer = consumer(Order.WITH_ROWS)) {
      consumer.run(10);
      consumer.apply(1);
      seam.losesAnswer = "commit";

      assertThat(consumer.unit.commit()).isEqualTo(new Outcome.Committed());

      consumer.drain();
    }
    assertThat(bodies()).containsExactly("a", "b");
  }

  @Test
  void aConsumerWhoseReplyIsLostGoesOnWhereTheRowSaysAndNotWhereItWas() throws Exception {
    put(0, "a", "b", "c", "d");
    try (Driven slow = consumer(Order.WITH_ROWS);
        Driven heir = consumer(Order.WITH_ROWS)) {
      slow.run(10);
      slow.apply(1);
      slow.isTakenForDead();
      seam.losesAnswer = "commit";
      seam.meanwhile = heir::drain;

      assertThat(slow.unit.commit()).isEqualTo(new Outcome.Committed());

      slow.drain(); // it has fetched the others before
      heir.drain();
    }
    assertThat(bodies()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void aCommitThatDidNotReachTheDatabaseIsRolledBackAndComesAgain() throws Exception {
    put(0, "a", "b");
    try (Driven consumer = consumer(Order.WITH_ROWS)) {
      consumer.run(10);
      consumer.apply(1);
      seam.losesCall = "commit";

      assertThat(consumer.unit.commit()).isInstanceOf(Outcome.RolledBack.class);
      assertThat(bodies()).isEmpty();

      consumer.drain();
    }
    assertThat(bodies()).containsExactly("a", "b");
  }

  @Test
  void aCommitIsInDoubtWhereTheRowCannotBeRead() throws Exception {
    put(0, "a", "b");
    Driven consumer = consumer(Order.WITH_ROWS);
    consumer.run(10);
    consumer.apply(1);
    trace.clear();
    seam.losesAnswer = "commit";
    seam.losesCall = "take position";

    assertThat(consumer.unit.commit()).isInstanceOf(Outcome.InDoubt.class);

    consumer.close();
    try (Driven next = consumer(Order.WITH_ROWS)) {
      next.drain();
    }
    assertThat(bodies()).containsExactly("a", "b");
  }

  @Test
  void aConsumerThatWasTakenForDeadCommitsNothingMore() throws Exception {
    put(0, "a", "b");
    put(1, "c", "d");
    try (Driven zombie = consumer(Order.WITH_ROWS);
        Driven other = consumer(Order.WITH_ROWS)) {
      zombie.run(10);
      assertThat(zombie.apply(2)).hasSize(2);
      zombie.isTakenForDead();
      other.drain();

      Outcome outcome = zombie.unit.commit();

      assertThat(outcome.cause()).isInstanceOf(PartitionTakenException.class);
      assertThat(bodies()).containsExactlyInAnyOrder("a", "b", "c", "d");
      put(0, "e");
      put(1, "f");
      for (int i = 0; i < 3; i++) {
        zombie.drain();
        other.drain();
      }
    }
    assertThat(bodies()).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
  }

  @Test
  void aUnitOfTwoPartitionsIsOneDecision() throws Exception {
    put(0, "a");
    put(1, "b");
    try (Driven first = consumer(Order.WITH_ROWS)) {
      first.run(10);
      assertThat(first.apply(10)).hasSize(2);
      try (DatabaseSession other = database.openLocal()) {
        other.positions().take(READER.place(partition(1)), Duration.ZERO);
      }

      assertThat(first.unit.commit()).isInstanceOf(Outcome.RolledBack.class);
      assertThat(bodies()).isEmpty();

      first.drain();
    }
    assertThat(bodies()).containsExactlyInAnyOrder("a", "b");
  }

  private PositionedSession.Partition partition(int number) {
    return kafka.messagesIn("orders").stream()
        .map(message -> message.place().partition())
        .filter(partition -> partition.number() == number)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aPartitionThatIsAddedLaterBeginsAtItsBeginning() throws Exception {
    put(0, "before");
    kafka.keep("g", "orders", 0, 1);
    try (Driven consumer = consumer(Order.WITH_ROWS)) {
      consumer.drain();
      kafka.addPartitions("orders", 3);
      put(2, "added");
      kafka.keep(
          "g", "orders", 2, 1); // a tool for Kafka has written it, and no consumer of Handfast

      consumer.drain();
    }
    assertThat(bodies()).containsExactly("added");
  }

  @Test
  void theFailuresOfAMessageGoWithItsPartition() throws Exception {
    put(0, "a", "b", "c");
    try (Driven first = consumer(Order.WITH_ROWS)) {
      first.run(10);
      List<Message> messages = first.apply(10);
      first.unit.rollback();
      assertThat(first.units.hold(messages.get(1), 2, Duration.ofSeconds(1))).isTrue();
    }
    try (Driven next = consumer(Order.WITH_ROWS)) {
      next.run(10);
      assertThat(next.apply(10)).extracting(Message::body).containsExactly("a");
      next.unit.commit();
      assertThat(next.apply(10)).as("which the row of its partition tells").hasSize(1);
    }
  }

  @Test
  void aMessageThatHasFailedHoldsItsPartitionAndNoOther() throws Exception {
    put(0, "a", "b");
    put(1, "c", "d");
    try (Driven consumer = consumer(Order.WITH_ROWS)) {
      consumer.run(10);
      Message failed = consumer.apply(10).get(0);
      consumer.unit.rollback();
      consumer.units.hold(failed, 1, Duration.ofHours(1));

      assertThat(consumer.apply(10)).extracting(Message::body).containsExactly("c", "d");
      assertThat(consumer.unit.commit()).isEqualTo(new Outcome.Committed());
    }
    assertThat(bodies()).containsExactly("c", "d");
  }

  @Test
  void aPartitionWhoseOwnerStandsStillInItsCommitHoldsUpNoOther() throws Exception {
    put(0, "a");
    put(1, "b");
    try (Driven consumer = consumer(Order.WITH_ROWS);
        DatabaseSession owner = database.openLocal()) {
      consumer.drain();
      put(0, "c");
      put(1, "d");
      Place place = READER.place(kafka.messagesIn("orders").get(0).place().partition());
      Held held = owner.positions().take(place, Duration.ofMinutes(1)).orElseThrow();
      Position next = new Position(2, -1);
      assertThat(owner.positions().move(List.of(new Move(held, next)))).isTrue();
      consumer.isTakenForDead();

      consumer.drain();
      assertThat(bodies()).containsExactly("a", "b", "d");

      owner.rollback();
      for (int i = 0; i < 10; i++) {
        consumer.drain();
      }
      assertThat(bodies()).containsExactly("a", "b", "d", "c");
    }
  }

  @Test
  void aTopicIsAppliedToADatabaseByOneGroup() throws Exception {
    put(0, "a");
    try (Driven first = consumer(Order.WITH_ROWS);
        Driven other = new Driven(Order.WITH_ROWS, new Reader("other", "orders", "h"))) {
      first.drain();
      first.close();
      other.run(10);

      assertThatThrownBy(() -> other.run(10)).isInstanceOf(OtherGroupException.class);
    }
  }
}

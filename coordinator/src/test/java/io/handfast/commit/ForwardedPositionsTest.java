package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.commit.PositionCommit.Order;
import io.handfast.commit.PositionCommit.PartitionTakenException;
import io.handfast.commit.PositionCommit.Reader;
import io.handfast.database.DatabaseSession;
import io.handfast.database.JsonValues;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.database.StatementTemplate;
import io.handfast.event.Events;
import io.handfast.message.BrokerException;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.InMemoryKafka;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.PositionedSession;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.participant.RecoverySession;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.MarkedBranch;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The steps of units that apply records of a topic and send them on to a queue. */
class ForwardedPositionsTest {

  private static final Source SOURCE = Source.ofPartitions("orders", "g", Source.Start.EARLIEST);
  private static final Reader READER = new Reader("orders", "orders", "g");
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** What happens between the loss of an answer and the next call. */
  @FunctionalInterface
  private interface Meanwhile {
    void run() throws Exception;
  }

  private final Trace trace = new Trace();
  private final InMemoryKafka kafka = new InMemoryKafka(trace::add).create("orders", 1);
  private final InMemoryBroker broker = new InMemoryBroker(trace::add);
  private final MemoryServer server = new MemoryServer();
  private String losesAnswer = "";
  private Meanwhile meanwhile = () -> {};
  private final MemoryDatabase database =
      new MemoryDatabase(
          "database",
          server,
          new MemorySeam() {
            @Override
            public void before(String call) {
              trace.add(call);
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
          });
  private final Markers markers =
      new Markers(new Participants(broker, Map.of(NodeConfig.DEFAULT_DATABASE, database)));

  /** One consumer: what a process loses when it ends. */
  private final class Driven implements AutoCloseable {

    private final Sessions sessions;
    private final Units units;
    private UnitOfWork unit;

    Driven(Order order) {
      LocalCommit protocol =
          new LocalCommit(
              NodeIdentity.first("n1"),
              new ActiveTransactions(),
              markers,
              (branch, answer) -> {
                throw new AssertionError(answer);
              },
              Events.NONE);
      sessions = new Sessions(new Ways(order == Order.WITH_ROWS));
      units =
          new PositionCommit(protocol)
              .on(sessions, NodeConfig.DEFAULT_DATABASE, READER, order, LONGEST);
    }

    /** Receives, applies and sends on; what is left is the commit. */
    List<Message> apply() throws Exception {
      unit = units.begin();
      List<Message> messages = unit.messages().receive(unit.atMost(10), Duration.ofMillis(500));
      if (messages.isEmpty()) {
        unit.rollback();
        return messages;
      }
      DatabaseSession rows = unit.database(NodeConfig.DEFAULT_DATABASE);
      unit.received();
      rows.execute(
          List.of(StatementTemplate.parse("UPDATE t SET n = :message.body")),
          messages.stream().map(m -> new JsonValues(m.id(), m.body(), m::header)).toList());
      for (Message message : messages) {
        unit.target().send("next", new MessageCopy(message, MessageCopy.Kind.FORWARD, Map.of()));
      }
      return messages;
    }

    void drain() throws Exception {
      int empty = 0;
      while (empty < 3) {
        if (apply().isEmpty()) {
          empty++;
        } else {
          unit.commit();
        }
      }
    }

    /** Up to where partitions are assigned, and a first unit would receive. */
    Driven begun() throws Exception {
      apply();
      return this;
    }

    @Override
    public void close() {
      units.close();
      sessions.close();
    }
  }

  private final class Ways implements Sessions.Opener {

    private final boolean isXa;

    Ways(boolean isXa) {
      this.isXa = isXa;
    }

    @Override
    public SourceSession messages() {
      throw new IllegalStateException("the source has positions");
    }

    @Override
    public PositionedSession positioned() throws BrokerException {
      PositionedSession session = kafka.openPositioned();
      session.consume(SOURCE);
      return session;
    }

    @Override
    public boolean hasTarget() {
      return true;
    }

    @Override
    public boolean preparesTarget() {
      return isXa;
    }

    @Override
    public SourceSession target() {
      Prefetch none = Prefetch.ON_DEMAND;
      return isXa ? broker.openXa(none) : broker.openLocal(none);
    }

    @Override
    public DatabaseSession database(String name) throws SQLException {
      return database.openLocal();
    }
  }

  private List<String> rows() {
    return server.rows().stream().map(row -> String.valueOf(row.values().get(0))).toList();
  }

  private List<String> sent() {
    return broker.messagesIn("next").stream().map(Message::body).toList();
  }

  /** Another node ends what is prepared, by what the marker says. */
  private void recover() throws Exception {
    try (RecoverySession session = broker.openForRecovery()) {
      for (Xid branch : session.preparedBranches()) {
        switch (markers.ask(MarkedBranch.of(branch).orElseThrow()).verdict()) {
          case COMMIT -> session.commit(branch);
          case NONE -> session.rollback(branch);
          default -> throw new AssertionError("the marker does not know " + branch);
        }
      }
    }
  }

  @Test
  void theBranchIsPreparedAndThenOneCommitDecidesOnAll() throws Exception {
    kafka.put("orders", 0, "a");
    try (Driven consumer = new Driven(Order.WITH_ROWS).begun()) {
      consumer.apply();
      trace.clear();

      assertThat(consumer.unit.commit()).isEqualTo(new Outcome.Committed());

      assertThat(trace.steps()).containsSubsequence("move positions", "write marker", "commit");
      assertThat(rows()).containsExactly("a");
      assertThat(sent()).containsExactly("a");
      assertThat(broker.preparedBranches()).isZero();
    }
  }

  @Test
  void whatAHandlerSendsIsInTheSameBranch() throws Exception {
    kafka.put("orders", 0, "a");
    try (Driven consumer = new Driven(Order.WITH_ROWS).begun()) {
      consumer.apply();
      consumer.unit.target().send("audit", "called", Map.of());
      assertThat(consumer.unit.participants()).containsExactly("kafka", "broker", "database");
      assertThat(broker.messagesIn("audit")).isEmpty();

      consumer.unit.commit();

      assertThat(broker.messagesIn("audit")).hasSize(1);
      consumer.drain();
      kafka.put("orders", 0, "b");
      consumer.apply();
      consumer.unit.target().send("audit", "called", Map.of());

      consumer.unit.rollback();

      assertThat(broker.messagesIn("audit")).hasSize(1);
      consumer.drain();
    }
    assertThat(rows()).containsExactly("a", "b");
    assertThat(sent()).containsExactly("a", "b");
  }

  @Test
  void atLeastOnceSendsBeforeRowsAndPositionAreCommitted() throws Exception {
    kafka.put("orders", 0, "a");
    try (Driven consumer = new Driven(Order.AFTER_ROWS).begun()) {
      consumer.apply();
      trace.clear();

      assertThat(consumer.unit.commit()).isEqualTo(new Outcome.Committed());

      assertThat(trace.steps())
          .containsExactly("move positions", "acknowledge", "commit", "keep positions");
    }
  }

  @Test
  void atMostOnceSendsLast() throws Exception {
    kafka.put("orders", 0, "a");
    try (Driven consumer = new Driven(Order.BEFORE_APPLYING).begun()) {
      consumer.apply();
      trace.clear();

      assertThat(consumer.unit.commit()).isEqualTo(new Outcome.Committed());

      assertThat(trace.steps()).containsExactly("commit", "acknowledge");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aProcessMayEndBeforeAnyStep(Order order) throws Exception {
    int crashes = 0;
    for (int step = 0; step == crashes; step++) {
      crashes += new ForwardedPositionsTest().crashAndGoOn(order, step) ? 1 : 0;
    }
    assertThat(crashes).isGreaterThan(12);
  }

  /** False where the work was done before the crash. */
  private boolean crashAndGoOn(Order order, int step) throws Exception {
    kafka.put("orders", 0, "a");
    kafka.put("orders", 0, "b");
    trace.crashesAfter(step);
    Driven first = new Driven(order);
    boolean hasCrashed = false;
    try {
      first.drain();
    } catch (Trace.Crash e) {
      hasCrashed = true;
    }
    trace.crashesNoMore();
    first.sessions.close();
    database.crash("n1");
    recover();
    kafka.put("orders", 0, "c");

    try (Driven second = new Driven(order)) {
      second.drain();
    }

    List<String> all = List.of("a", "b", "c");
    switch (order) {
      case WITH_ROWS -> {
        assertThat(rows()).containsExactlyElementsOf(all);
        assertThat(sent()).as("after %d steps", step).containsExactlyElementsOf(all);
      }
      case AFTER_ROWS -> {
        assertThat(rows()).containsExactlyElementsOf(all);
        assertThat(sent()).containsAll(all);
      }
      case BEFORE_APPLYING -> {
        assertThat(rows()).doesNotHaveDuplicates().contains("c");
        assertThat(sent()).doesNotHaveDuplicates().contains("c");
      }
    }
    return hasCrashed;
  }

  @Test
  void aCommitWhoseReplyIsLostIsFoundInTheMarkerAndAnHeirHasGoneOn() throws Exception {
    kafka.put("orders", 0, "a");
    try (Driven slow = new Driven(Order.WITH_ROWS).begun();
        Driven heir = new Driven(Order.WITH_ROWS)) {
      slow.apply();
      kafka.put("orders", 0, "b");
      losesAnswer = "commit";
      meanwhile =
          () -> {
            kafka.expel(slow.sessions.positioned());
            heir.drain();
          };

      assertThat(slow.unit.commit()).isEqualTo(new Outcome.Committed());

      slow.drain();
      heir.drain();
    }
    assertThat(rows()).containsExactly("a", "b");
    assertThat(sent()).containsExactlyInAnyOrder("a", "b");
    assertThat(broker.preparedBranches()).isZero();
  }

  @Test
  void nothingIsSentWhereAnotherHasThePartition() throws Exception {
    kafka.put("orders", 0, "a");
    try (Driven zombie = new Driven(Order.WITH_ROWS).begun();
        Driven heir = new Driven(Order.WITH_ROWS)) {
      zombie.apply();
      kafka.expel(zombie.sessions.positioned());
      heir.drain();

      assertThat(zombie.unit.commit().cause()).isInstanceOf(PartitionTakenException.class);

      assertThat(sent()).containsExactly("a");
      assertThat(broker.preparedBranches()).isZero();
    }
  }
}

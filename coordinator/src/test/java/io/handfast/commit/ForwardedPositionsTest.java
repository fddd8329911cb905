package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.commit.PositionCommit.Order;
import io.handfast.commit.PositionCommit.PartitionTakenException;
import io.handfast.commit.PositionCommit.Reader;
import io.handfast.message.BrokerException;
import io.handfast.message.InMemoryKafka;
import io.handfast.message.Message;
import io.handfast.message.PositionedSession;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeConfig;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The steps of units that apply records of a topic and send them on to a queue. */
class ForwardedPositionsTest extends ForwardedUnits {

  private static final Source SOURCE = Source.ofPartitions("orders", "g", Source.Start.EARLIEST);
  private static final Reader READER = new Reader("orders", "orders", "g");

  private final InMemoryKafka kafka = new InMemoryKafka(trace::add).create("orders", 1);

  /** One consumer: what a process loses when it ends. */
  private final class Driven implements AutoCloseable {

    private final Sessions sessions;
    private final Units units;
    private UnitOfWork unit;

    Driven(Order order) {
      sessions = new Sessions(new Ways(order == Order.WITH_ROWS));
      units =
          new PositionCommit(protocol())
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
      unit.database(NodeConfig.DEFAULT_DATABASE);
      unit.received();
      ForwardedUnits.apply(messages, unit);
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

  private final class Ways extends Targets {

    Ways(boolean isXa) {
      super(isXa);
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

package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.Outcome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that pull share one member of the group: a partition is one client's at a time. */
class SharedMemberTest {

  private static final Source SOURCE = Source.ofPartitions("orders", "g", Source.Start.EARLIEST);
  private static final Reader READER = new Reader("orders", "orders", "g");
  private static final Duration A_MOMENT = Duration.ofMillis(20);

  private final InMemoryKafka kafka = new InMemoryKafka().create("orders", 2);
  private final MemoryServer server = new MemoryServer();
  private final MemoryDatabase database = new MemoryDatabase("database", server, MemorySeam.NONE);
  private final List<PositionedSession> opened = new ArrayList<>();
  private final PositionCommit protocol =
      new PositionCommit(
          new LocalCommit(
              NodeIdentity.first("n1"),
              new ActiveTransactions(),
              new Markers(
                  new Participants(
                      new InMemoryBroker(), Map.of(NodeConfig.DEFAULT_DATABASE, database))),
              (branch, answer) -> {},
              Events.NONE));
  private final SharedMember member = member();

  private SharedMember member() {
    return protocol.share(
        new Sessions.Opener() {
          @Override
          public SourceSession messages() {
            throw new IllegalStateException("the source has positions");
          }

          @Override
          public PositionedSession positioned() throws BrokerException {
            return open();
          }

          @Override
          public DatabaseSession database(String name) throws SQLException {
            return database.openLocal();
          }
        },
        NodeConfig.DEFAULT_DATABASE,
        READER,
        Duration.ofMinutes(1));
  }

  /** One that threads of two members may use: topics in memory are for one thread. */
  private PositionedSession open() throws BrokerException {
    synchronized (kafka) {
      PositionedSession session = kafka.openPositioned();
      session.consume(SOURCE);
      opened.add(session);
      return (PositionedSession)
          Proxy.newProxyInstance(
              PositionedSession.class.getClassLoader(),
              new Class<?>[] {PositionedSession.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("rest")) {
                  LockSupport.parkNanos(1_000_000); // as one does that waits
                }
                synchronized (kafka) {
                  return answer(session, method, arguments);
                }
              });
    }
  }

  private static Object answer(PositionedSession session, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(session, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void put(int partition, String body) {
    synchronized (kafka) {
      kafka.put("orders", partition, body);
    }
  }

  @AfterEach
  void leave() {
    member.close();
  }

  /** What a client has pulled, and how it ends. */
  private final class Client {

    private final Units units = member.units();
    private final UnitOfWork work;
    private List<Message> messages = List.of();

    Client() throws Exception {
      work = units.begin();
    }

    Client pull(int max) throws Exception {
      for (int look = 0; look < 10 && messages.isEmpty(); look++) {
        messages = work.messages().receive(max, A_MOMENT);
      }
      return this;
    }

    List<String> bodies() {
      return messages.stream().map(Message::body).toList();
    }

    Client apply() throws Exception {
      DatabaseSession rows = work.database(NodeConfig.DEFAULT_DATABASE);
      rows.execute(
          List.of(StatementTemplate.parse("UPDATE t SET n = :message.body")),
          messages.stream().map(m -> new JsonValues(m.id(), m.body(), m::header)).toList());
      return this;
    }

    Outcome commit() {
      try (UnitOfWork committing = work) {
        return committing.commit();
      }
    }

    void rollback() {
      try (UnitOfWork abandoned = work) {
        abandoned.rollback();
      }
    }
  }

  private List<String> rows() {
    return server.rows().stream().map(row -> String.valueOf(row.values().get(0))).toList();
  }

  @Test
  void aPartitionIsOneClientsUntilItEnds() throws Exception {
    put(0, "a");
    put(0, "b");
    Client first = new Client().pull(1);
    assertThat(first.bodies()).containsExactly("a");
    assertThat(new Client().pull(10).bodies()).as("of the same partition").isEmpty();
    put(1, "c");
    Client second = new Client().pull(10);
    assertThat(second.bodies()).as("of the other one").containsExactly("c");

    assertThat(first.apply().commit()).isEqualTo(new Outcome.Committed());

    Client third = new Client().pull(10);
    assertThat(third.bodies()).containsExactly("b");
    second.rollback();
    assertThat(third.apply().commit()).isEqualTo(new Outcome.Committed());
    assertThat(new Client().pull(10).bodies()).as("what was rolled back").containsExactly("c");
    assertThat(rows()).containsExactly("a", "b");
    assertThat(opened).as("one member of the group").hasSize(1);
    assertThat(kafka.kept("g", "orders", 0)).isEqualTo(2);
  }

  @Test
  void whatIsRolledBackComesAgain() throws Exception {
    put(0, "a");
    new Client().pull(10).apply().rollback();

    Client again = new Client().pull(10);

    assertThat(again.bodies()).containsExactly("a");
    assertThat(again.apply().commit()).isEqualTo(new Outcome.Committed());
    assertThat(rows()).containsExactly("a");
  }

  @Test
  void aClientThatIsLateIsToldWhereAnotherNodeHasGoneOn() throws Exception {
    put(0, "a");
    Client late = new Client().pull(10).apply();
    try (DatabaseSession other = database.openLocal()) {
      Partition partition = late.messages.get(0).place().partition();
      other.positions().take(READER.place(partition), Duration.ZERO);
    }

    assertThat(late.commit().cause()).isInstanceOf(PartitionTakenException.class);

    assertThat(rows()).isEmpty();
    Client again = new Client().pull(10);
    assertThat(again.bodies()).containsExactly("a");
    assertThat(again.apply().commit()).isEqualTo(new Outcome.Committed());
    assertThat(rows()).containsExactly("a");
  }

  @Test
  void howOftenAMessageHasFailedIsInItsRow() throws Exception {
    put(0, "a");
    Client failing = new Client().pull(10);
    failing.work.rollback();
    failing.units.hold(failing.messages.get(0), 2, Duration.ZERO);
    failing.rollback();

    Client again = new Client().pull(10);

    assertThat(again.messages).extracting(Message::failures).containsExactly(2);
    again.rollback();
  }

  @Test
  void aSessionThatIsLostIsOpenedAgain() throws Exception {
    put(0, "a");
    Client first = new Client().pull(10);
    synchronized (kafka) {
      kafka.restart();
    }
    assertThat(first.apply().commit()).isEqualTo(new Outcome.Committed());
    put(0, "b");

    Client second = new Client();
    try {
      second.pull(10);
    } catch (BrokerException e) {
      second.pull(10); // the first call has met the loss
    }

    assertThat(second.bodies()).containsExactly("b");
    assertThat(second.apply().commit()).isEqualTo(new Outcome.Committed());
    assertThat(rows()).containsExactly("a", "b");
  }
}

package io.handfast.commit;

import io.handfast.database.DatabaseSession;
import io.handfast.database.JsonValues;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.database.StatementTemplate;
import io.handfast.event.Events;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.participant.RecoverySession;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.MarkedBranch;
import io.handfast.transaction.Trace;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.Xid;

/** A broker that messages are sent on to, and a database, whose steps are traced and may fail. */
abstract class ForwardedUnits {

  static final String NEXT = "next";
  static final Duration LONGEST = Duration.ofMinutes(1);

  /** What happens between the loss of an answer and the next call. */
  @FunctionalInterface
  interface Meanwhile {
    void run() throws Exception;
  }

  final Trace trace = new Trace();
  final InMemoryBroker broker = new InMemoryBroker(trace::add);
  String losesAnswer = "";
  Meanwhile meanwhile = () -> {};
  private final MemoryServer server = new MemoryServer();
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

  /** Opens sessions at both; those of the source are left to a test. */
  abstract class Targets implements Sessions.Opener {

    private final boolean isXa;

    Targets(boolean isXa) {
      this.isXa = isXa;
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

  LocalCommit protocol() {
    return new LocalCommit(
        NodeIdentity.first("n1"),
        new ActiveTransactions(),
        markers,
        (branch, answer) -> {
          throw new AssertionError(answer);
        },
        Events.NONE);
  }

  /** Writes a row for each message, and sends each on. */
  static void apply(List<Message> messages, UnitOfWork unit) throws Exception {
    unit.database(NodeConfig.DEFAULT_DATABASE)
        .execute(
            List.of(StatementTemplate.parse("UPDATE t SET n = :message.body")),
            messages.stream().map(m -> new JsonValues(m.id(), m.body(), m::header)).toList());
    for (Message message : messages) {
      unit.target().send(NEXT, new MessageCopy(message, MessageCopy.Kind.FORWARD, Map.of()));
    }
  }

  List<String> rows() {
    return server.rows().stream().map(row -> String.valueOf(row.values().get(0))).toList();
  }

  List<String> sent() {
    return broker.messagesIn(NEXT).stream().map(Message::body).toList();
  }

  /** The node is gone, and another ends what is prepared, by what the marker says. */
  void recover() throws Exception {
    database.crash("n1");
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
}

package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.DatabaseSession;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.event.Events;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.message.InMemoryBroker;
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
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;

/** What is made of a branch that is gone when its unit is decided. */
class LocalCommitTest {

  /** What happens to the branch between the decision and its commit. */
  @FunctionalInterface
  private interface Meanwhile {
    void happens(Xid branch) throws Exception;
  }

  private final InMemoryBroker broker = new InMemoryBroker(step -> {}).put("q", "m1", Map.of());
  private final List<Xid> missing = new ArrayList<>();
  private Meanwhile meanwhile = branch -> {};
  private boolean isUnitOpen;
  private final MemoryDatabase database =
      new MemoryDatabase(
          "database",
          new MemoryServer(),
          new MemorySeam() {
            @Override
            public void after(String call) throws SQLException {
              if (isUnitOpen && call.equals("commit")) {
                isUnitOpen = false;
                decided();
              }
            }
          });
  private final Participants participants =
      new Participants(broker, Map.of(NodeConfig.DEFAULT_DATABASE, database));
  private final Markers markers = new Markers(participants);
  private final LocalCommit protocol =
      new LocalCommit(
          NodeIdentity.first("n1"),
          new ActiveTransactions(),
          markers,
          (branch, answer) -> {
            assertThat(answer.errorCode).isEqualTo(XAException.XAER_NOTA);
            missing.add(branch);
          },
          Events.NONE);

  private void decided() throws SQLException {
    try (RecoverySession recovery = broker.openForRecovery()) {
      meanwhile.happens(recovery.preparedBranches().get(0));
    } catch (SQLException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Outcome unit() throws Exception {
    Sessions sessions =
        new Sessions(
            new Sessions.Opener() {
              @Override
              public SourceSession messages() throws Exception {
                SourceSession session = broker.openXa(Prefetch.BUFFERED);
                session.consume(Source.ofQueue("q"));
                return session;
              }

              @Override
              public DatabaseSession database(String name) throws SQLException {
                return database.openLocal();
              }
            });
    try (sessions;
        Units units =
            protocol.on(sessions, NodeConfig.DEFAULT_DATABASE, "orders", Duration.ofMinutes(1))) {
      UnitOfWork unit = units.begin();
      assertThat(unit.messages().receive(1, Duration.ZERO)).hasSize(1);
      unit.database(NodeConfig.DEFAULT_DATABASE);
      isUnitOpen = true;
      return unit.commit();
    }
  }

  private void rollBack(Xid branch) throws Exception {
    try (RecoverySession recovery = broker.openForRecovery()) {
      recovery.rollback(branch);
    }
  }

  private void commit(Xid branch) throws Exception {
    try (RecoverySession recovery = broker.openForRecovery()) {
      recovery.commit(branch);
    }
  }

  @Test
  void aUnitThatIsConfirmedLeavesNothing() throws Exception {
    assertThat(unit()).isInstanceOf(Outcome.Committed.class);
    assertThat(missing).isEmpty();
    assertThat(broker.left("q")).isEmpty();
  }

  @Test
  void aBranchThatIsGoneIsLeftToAPerson() throws Exception {
    meanwhile = this::rollBack;

    assertThat(unit()).isInstanceOf(Outcome.Decided.class);

    assertThat(missing).hasSize(1);
  }

  @Test
  void aBranchThatAnotherNodeHasEndedIsNot() throws Exception {
    meanwhile =
        branch -> {
          Markers.Answer answer = markers.ask(MarkedBranch.of(branch).orElseThrow());
          assertThat(answer.verdict()).isEqualTo(Verdict.COMMIT);
          commit(branch);
        };

    assertThat(unit()).isInstanceOf(Outcome.Decided.class);

    assertThat(missing).isEmpty();
  }
}

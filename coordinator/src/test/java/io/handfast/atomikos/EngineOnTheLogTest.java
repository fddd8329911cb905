package io.handfast.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.commit.FakeXaResource;
import io.handfast.commit.Transactions.Transaction;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.transaction.Trace;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.RollbackException;
import java.util.Map;
import java.util.Set;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;

/** What the decision log keeps, over failures of the disk and over another start. */
class EngineOnTheLogTest extends EngineScenario {

  @Test
  void anotherStartOnTheDirectoryFindsTheDecisionThatWasNotConfirmed() throws Exception {
    database.fails("commit", XAException.XAER_RMFAIL);
    Transaction pending = begin(broker, database);
    pending.end();
    assertThatThrownBy(pending::commit).isInstanceOf(HeuristicMixedException.class);
    Transaction committed = begin(named("broker"), named("database"));
    committed.end();
    committed.commit();

    close();
    open();

    assertThat(log.unconfirmed())
        .containsExactly(Map.entry(pending.id(), Set.of("broker", "database")));
    assertThat(log.decisionOf(pending.id())).isEqualTo(Verdict.COMMIT);
    assertThat(log.decisionOf(committed.id())).isEqualTo(Verdict.NONE);
  }

  @Test
  void aConfirmedDecisionIsGoneAfterAnotherStart() throws Exception {
    database.fails("commit", XAException.XAER_RMFAIL);
    Transaction pending = begin(broker, database);
    pending.end();
    assertThatThrownBy(pending::commit).isInstanceOf(HeuristicMixedException.class);

    log.confirmed(pending.id());
    close();
    open();

    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aDecisionWhoseWritingFailedIsUnknownAndBlocksFurtherOnesUntilItIsSettled() throws Exception {
    Transaction unwritten = begin(broker, database);
    unwritten.end();
    disk.breaks();

    assertThatThrownBy(unwritten::commit).isInstanceOf(RollbackException.class);

    assertThat(trace.steps())
        .contains("broker prepare", "database prepare")
        .noneMatch(step -> step.endsWith("commit") || step.endsWith("rollback"));
    assertThat(log.isCertain()).isFalse();
    assertThat(log.decisionOf(unwritten.id())).isEqualTo(Verdict.UNKNOWN);
    Transaction next = begin(named("broker"), named("database"));
    next.end();
    assertThatThrownBy(next::commit).isInstanceOf(RollbackException.class);
    assertThat(log.decisionOf(next.id())).isEqualTo(Verdict.NONE);

    disk.recovers();
    assertThat(log.learnUnknown()).isTrue();
    assertThat(log.decisionOf(unwritten.id())).isEqualTo(Verdict.NONE);
    Transaction last = begin(named("broker"), named("database"));
    last.end();
    assertThatCode(last::commit).doesNotThrowAnyException();
  }

  private static FakeXaResource named(String name) {
    return new FakeXaResource(name, new Trace());
  }
}

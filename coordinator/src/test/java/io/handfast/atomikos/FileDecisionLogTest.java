package io.handfast.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import io.handfast.commit.FakeXaResource;
import io.handfast.commit.Transactions.Transaction;
import io.handfast.log.DecisionLog.Decision;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.RollbackException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;

/** What the decision log keeps, over failures of the disk and over another start. */
class FileDecisionLogTest extends EngineScenario {

  @Test
  void anotherStartOnTheDirectoryFindsTheDecisionThatWasNotConfirmed() throws Exception {
    database.fails("commit", XAException.XAER_RMFAIL);
    Transaction pending = begin(broker, database);
    pending.end();
    assertThatThrownBy(pending::commit).isInstanceOf(HeuristicMixedException.class);
    Transaction committed = begin(named("broker"), named("database"));
    committed.end();
    committed.commit();

    engine.close();
    open();

    assertThat(log.unconfirmed())
        .containsExactly(Map.entry(pending.id(), Set.of("broker", "database")));
    assertThat(log.decisionOf(pending.id())).isEqualTo(Decision.COMMIT);
    assertThat(log.decisionOf(committed.id())).isEqualTo(Decision.NONE);
  }

  @Test
  void aConfirmedDecisionIsGoneAfterAnotherStart() throws Exception {
    database.fails("commit", XAException.XAER_RMFAIL);
    Transaction pending = begin(broker, database);
    pending.end();
    assertThatThrownBy(pending::commit).isInstanceOf(HeuristicMixedException.class);

    log.confirmed(pending.id());
    engine.close();
    open();

    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aSecondOpeningOfTheSameLogIsRefusedWithTheKey() {
    FileDecisionLog second = new FileDecisionLog(directory, id -> List.of());

    assertThatThrownBy(second::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("handfast.data-directory");
  }

  @Test
  void aDecisionWhoseWritingFailedIsUnknownAndBlocksFurtherOnesUntilItIsSettled() throws Exception {
    Transaction interrupted = begin(broker, database);
    interrupted.end();
    // An interrupt closes the channel under the write: the cheapest way to a disk that fails.
    database.beforeEachCall(Thread.currentThread()::interrupt);

    assertThatThrownBy(interrupted::commit).isInstanceOf(RollbackException.class);
    Thread.interrupted();

    assertThat(trace.steps())
        .contains("broker prepare", "database prepare")
        .noneMatch(step -> step.endsWith("commit") || step.endsWith("rollback"));
    assertThat(log.isCertain()).isFalse();
    assertThat(log.decisionOf(interrupted.id())).isEqualTo(Decision.UNKNOWN);
    Transaction next = begin(named("broker"), named("database"));
    next.end();
    assertThatThrownBy(next::commit).isInstanceOf(RollbackException.class);
    assertThat(log.decisionOf(next.id())).isEqualTo(Decision.NONE);

    assertThat(log.settle()).isTrue();
    assertThat(log.decisionOf(interrupted.id())).isEqualTo(Decision.NONE);
    Transaction last = begin(named("broker"), named("database"));
    last.end();
    assertThatCode(last::commit).doesNotThrowAnyException();
  }

  @Test
  void everyParticipantIsNamedWithTheDecisionOnDisk() throws Exception {
    database.fails("commit", XAException.XAER_RMFAIL);
    Transaction pending = begin(broker, database);
    pending.end();

    assertThatThrownBy(pending::commit).isInstanceOf(HeuristicMixedException.class);

    assertThat(recordOnDisk(pending.id())).contains("broker,database");
  }

  @Test
  void aDecisionOnLessThanTwoParticipantsIsNotWritten() throws Exception {
    Map<TransactionId, List<String>> participants = new HashMap<>();
    FileDecisionLog unopened =
        new FileDecisionLog(directory, id -> participants.getOrDefault(id, List.of()));
    TransactionId alone = new TransactionId("n1", "0a1b2c3d", 1, 1);
    TransactionId unknown = new TransactionId("n1", "0a1b2c3d", 1, 2);
    participants.put(alone, List.of("broker"));

    unopened.write(committing(alone));
    unopened.write(committing(unknown));

    assertThat(unopened.unconfirmed()).isEmpty();
    assertThat(unopened.isCertain()).isTrue();
  }

  private static PendingTransactionRecord committing(TransactionId id) {
    return new PendingTransactionRecord(id.toString(), TxState.COMMITTING, Long.MAX_VALUE, "n1");
  }

  private static FakeXaResource named(String name) {
    return new FakeXaResource(name, new Trace());
  }
}

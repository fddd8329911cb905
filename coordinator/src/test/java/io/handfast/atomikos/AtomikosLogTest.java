package io.handfast.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.atomikos.recovery.LogException;
import com.atomikos.recovery.LogWriteException;
import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import io.handfast.event.Events;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.LoggedDecision;
import io.handfast.log.Retention;
import io.handfast.transaction.TransactionId;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomikosLogTest {

  @TempDir Path directory;

  private FileDecisionLog log;
  private TransactionId id;
  private final List<TransactionId> told = new ArrayList<>();

  @BeforeEach
  void open() {
    log = FileDecisionLog.open(directory, "n1", Retention.NONE, Clock.systemUTC(), Events.NONE);
    id = log.identity().nextTransaction();
  }

  @AfterEach
  void close() {
    log.close();
  }

  private AtomikosLog of(String... participants) {
    return new AtomikosLog(log, transaction -> identified(participants), told::add);
  }

  private static Map<String, String> identified(String... names) {
    return Stream.of(names).collect(Collectors.toMap(name -> name, name -> "the " + name));
  }

  private PendingTransactionRecord record(TxState state) {
    return new PendingTransactionRecord(id.toString(), state, Long.MAX_VALUE, "n1");
  }

  @Test
  void committingIsADecisionThatNamesItsParticipantsAndTerminatedItsEnd() throws Exception {
    AtomikosLog written = of("broker", "database");

    written.write(record(TxState.COMMITTING));
    assertThat(log.unconfirmed()).containsEntry(id, Set.of("broker", "database"));
    assertThat(log.content())
        .extracting(LoggedDecision::participants)
        .containsExactly(Map.of("broker", "the broker", "database", "the database"));

    written.write(record(TxState.TERMINATED));
    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aSingleParticipantNeedsNoDecision() throws Exception {
    of("broker").write(record(TxState.COMMITTING));

    assertThat(log.decisionOf(id)).isEqualTo(Verdict.NONE);
  }

  @Test
  void anythingElseIsNoDecision() throws Exception {
    AtomikosLog written = of("broker", "database");
    for (TxState state : TxState.values()) {
      if (state != TxState.COMMITTING) {
        written.write(record(state));
      }
    }

    assertThat(log.decisionOf(id)).isEqualTo(Verdict.NONE);
  }

  @Test
  void aDecisionThatIsNotAcceptedFailsTheCommit() {
    log.close();

    assertThatThrownBy(() -> of("broker", "database").write(record(TxState.COMMITTING)))
        .isInstanceOf(LogWriteException.class);
  }

  @Test
  void atomikosRecoversNothingFromIt() throws Exception {
    AtomikosLog written = of("broker", "database");
    written.write(record(TxState.COMMITTING));

    assertThat(written.isActive()).isFalse();
    assertThat(written.getPendingTransactionRecords()).isEmpty();
    assertThat(written.getExpiredPendingCommittingTransactionRecordsAt(Long.MAX_VALUE)).isEmpty();
    assertThat(written.getIndoubtTransactionRecords()).isEmpty();
    assertThatThrownBy(() -> written.recordAsCommitting("n1.00000000.1.1"))
        .isInstanceOf(LogException.class);
  }
}

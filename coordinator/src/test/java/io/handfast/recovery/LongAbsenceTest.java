package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.event.Events;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.LoggedDecision;
import io.handfast.log.Retention;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A participant that is away for longer than any time-out lasts, and a log that does not forget.
 */
class LongAbsenceTest {

  private static final int DAYS = 10;
  private static final int SCANS_A_DAY = 5;

  @TempDir Path directory;

  private final SteppedClock clock = new SteppedClock();
  private final Instant start = clock.instant();
  private final Trace trace = new Trace();
  private FileDecisionLog log;
  private RecoveryScan scan;

  @BeforeEach
  void open() {
    log = FileDecisionLog.open(directory, "n1", Retention.NONE, clock, Events.NONE);
    scan = Scans.of(log.identity(), log, new ActiveTransactions(), clock);
  }

  @AfterEach
  void close() {
    log.close();
  }

  @ParameterizedTest
  @CsvSource({"broker, database", "database, broker"})
  void aDecisionIsKeptForDaysOfRestartsAndCarriedOutWhenItsParticipantIsBack(
      String absent, String present) throws Exception {
    TransactionId decided = log.identity().nextTransaction();
    log.decide(
        decided, Map.of("broker", FakeParticipant.IDENTITY, "database", FakeParticipant.IDENTITY));
    FakeParticipant away = new FakeParticipant(absent, trace).holds(decided).away(true);
    FakeParticipant there = new FakeParticipant(present, trace).holds(decided);

    for (int day = 0; day < DAYS; day++) {
      for (int time = 0; time < SCANS_A_DAY; time++) {
        clock.advance(Duration.ofDays(1).dividedBy(SCANS_A_DAY));
        scan.run(List.of(away, there));
      }
      close();
      open();
      assertThat(log.decisionOf(decided)).as("on day %d", day).isEqualTo(Verdict.COMMIT);
      assertThat(log.unconfirmed()).isEqualTo(Map.of(decided, Set.of("broker", "database")));
      assertThat(log.content()).extracting(LoggedDecision::decidedAt).containsExactly(start);
    }
    assertThat(away.branches()).hasSize(1);
    trace.clear();

    scan.run(List.of(away.away(false), there));

    assertThat(trace.steps()).contains(absent + ": commit " + decided);
    assertThat(away.branches()).isEmpty();
    assertThat(log.unconfirmed()).isEmpty();
    close();
    open();
    assertThat(log.decisionOf(decided)).isEqualTo(Verdict.NONE);
  }
}

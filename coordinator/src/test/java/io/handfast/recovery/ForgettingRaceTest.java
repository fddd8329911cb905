package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.atomikos.AtomikosTransactions;
import io.handfast.commit.FakeXaResource;
import io.handfast.commit.Sessions;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.commit.UnitOfWork;
import io.handfast.database.DatabaseSession;
import io.handfast.event.Events;
import io.handfast.log.DecisionLog;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.LoggedDecision;
import io.handfast.log.Retention;
import io.handfast.message.SourceSession;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A scan that runs after a commit which one participant did not confirm, and before the log was
 * asked what became of it. If it forgot the decision, the committed unit would be done again.
 */
class ForgettingRaceTest {

  @TempDir Path directory;

  private final Trace trace = new Trace();
  private final ActiveTransactions active = new ActiveTransactions();
  private final FakeParticipant broker = new FakeParticipant("broker", trace);
  private final FakeParticipant database = new FakeParticipant("database", trace);
  private FileDecisionLog log;
  private AtomikosTransactions engine;
  private RecoveryScan scan;

  @BeforeEach
  void open() {
    SteppedClock clock = new SteppedClock();
    log = FileDecisionLog.open(directory, "n1", Retention.NONE, clock, Events.NONE);
    engine = new AtomikosTransactions(log, List.of("broker", "database"), active, Events.NONE);
    scan = Scans.of(log.identity(), log, active, clock);
  }

  @AfterEach
  void close() {
    engine.close();
    log.close();
  }

  @Test
  void aScanBetweenTheCommitAndTheLookIntoTheLogForgetsNothing() throws Exception {
    DecisionLog scannedWhenAsked = new ScannedWhenAsked(log);

    Outcome outcome = commitUnconfirmed(scannedWhenAsked);

    assertThat(outcome).isInstanceOf(Outcome.Decided.class);
    assertThat(trace.steps()).containsSubsequence("database commit", "scan", "ask log");
    assertThat(log.unconfirmed()).containsValue(Set.of("broker", "database")).hasSize(1);
  }

  @Test
  void theNextScanForgetsIt() throws Exception {
    commitUnconfirmed(log);
    assertThat(log.unconfirmed()).hasSize(1);

    scan.run(List.of(broker, database));

    assertThat(log.unconfirmed()).isEmpty();
  }

  /** The engine's log; whoever asks it for a decision is overtaken by a scan. */
  private final class ScannedWhenAsked implements DecisionLog {

    private final DecisionLog log;

    ScannedWhenAsked(DecisionLog log) {
      this.log = log;
    }

    @Override
    public Verdict decisionOf(TransactionId id) {
      trace.add("scan");
      scan.run(List.of(broker, database));
      trace.add("ask log");
      return log.decisionOf(id);
    }

    @Override
    public Map<TransactionId, Set<String>> unconfirmed() {
      return log.unconfirmed();
    }

    @Override
    public Collection<LoggedDecision> content() {
      return log.content();
    }

    @Override
    public void confirmed(TransactionId id) {
      log.confirmed(id);
    }

    @Override
    public boolean isCertain() {
      return log.isCertain();
    }

    @Override
    public boolean learnUnknown() {
      return log.learnUnknown();
    }
  }

  /** Commits a unit whose database commits and whose reply is lost. */
  private Outcome commitUnconfirmed(DecisionLog asked) throws Exception {
    FakeXaResource rows = new FakeXaResource("database", trace);
    UnitOfWork unit =
        new TwoPhaseCommit(engine, asked, participants -> {}, Events.NONE)
            .begin(new Sessions(new NoSessions()));
    unit.enlist(named("broker", new FakeXaResource("broker", trace)), "broker");
    unit.enlist(named("database", rows.fails("commit", XAException.XAER_RMFAIL)), "database");
    return unit.commit();
  }

  private static NamedXaResource named(String name, FakeXaResource resource) {
    return new NamedXaResource(name, FakeParticipant.IDENTITY, resource);
  }

  /** The branches of this test belong to no session. */
  private static final class NoSessions implements Sessions.Opener {

    @Override
    public SourceSession messages() {
      throw new UnsupportedOperationException("no broker here");
    }

    @Override
    public DatabaseSession database(String name) {
      throw new UnsupportedOperationException("no database here");
    }
  }
}

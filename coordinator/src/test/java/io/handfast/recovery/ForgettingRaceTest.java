package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.atomikos.AtomikosTransactions;
import io.handfast.commit.FakeXaResource;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.commit.UnitOfWork;
import io.handfast.event.Events;
import io.handfast.log.DecisionLog;
import io.handfast.log.JournalDecisionLog;
import io.handfast.log.LoggedDecision;
import io.handfast.log.Retention;
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
import java.util.Optional;
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
  private JournalDecisionLog log;
  private AtomikosTransactions engine;
  private RecoveryScan scan;

  @BeforeEach
  void open() {
    SteppedClock clock = new SteppedClock();
    log = JournalDecisionLog.open(directory, "n1", Retention.NONE, clock, Events.NONE);
    engine = new AtomikosTransactions(log, List.of("broker", "database"), active, Events.NONE);
    scan = Scans.of(log.identity(), log, active, clock);
  }

  @AfterEach
  void close() {
    engine.close();
    log.close();
  }

  @Test
  void aScanBetweenTheCommitAndTheLookIntoTheLogForgetsNothing() {
    DecisionLog scannedWhenAsked = new ScannedWhenAsked(log);

    Outcome outcome = new TwoPhaseCommit(engine, scannedWhenAsked).run(new UnconfirmedUnit());

    assertThat(outcome).isInstanceOf(Outcome.Decided.class);
    assertThat(trace.steps()).containsSubsequence("database commit", "scan", "ask log");
    assertThat(log.unconfirmed()).containsValue(Set.of("broker", "database")).hasSize(1);
  }

  @Test
  void theNextScanForgetsIt() {
    new TwoPhaseCommit(engine, log).run(new UnconfirmedUnit());
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

  /** A unit whose database commits and whose reply is lost. */
  private final class UnconfirmedUnit implements UnitOfWork {

    private final NamedXaResource messages =
        new NamedXaResource(
            "broker", FakeParticipant.IDENTITY, new FakeXaResource("broker", trace));
    private final NamedXaResource rows =
        new NamedXaResource(
            "database",
            FakeParticipant.IDENTITY,
            new FakeXaResource("database", trace).fails("commit", XAException.XAER_RMFAIL));

    @Override
    public NamedXaResource messages() {
      return messages;
    }

    @Override
    public Optional<NamedXaResource> database() {
      return Optional.of(rows);
    }

    @Override
    public void begun(TransactionId id) {}

    @Override
    public boolean receive() {
      return true;
    }

    @Override
    public void apply() {}
  }
}

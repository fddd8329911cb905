package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.atomikos.AtomikosTransactions;
import io.handfast.commit.FakeXaResource;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.commit.UnitOfWork;
import io.handfast.log.DecisionLog;
import io.handfast.log.JournalDecisionLog;
import io.handfast.log.LoggedDecision;
import io.handfast.log.Retention;
import io.handfast.participant.NamedXaResource;
import io.handfast.resolution.Resolutions;
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
 * A sweep that runs after a commit which one participant did not confirm, and before the log was
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
  private RecoverySweep sweep;

  @BeforeEach
  void open() {
    SteppedClock clock = new SteppedClock();
    log = JournalDecisionLog.open(directory, "n1", Retention.NONE, clock);
    engine = new AtomikosTransactions(log, List.of("broker", "database"), active);
    Resolutions resolutions = Resolutions.open(directory.resolve("resolutions.jsonl"));
    sweep = new RecoverySweep(log.identity(), log, active, resolutions, Set.of(), clock);
  }

  @AfterEach
  void close() {
    engine.close();
    log.close();
  }

  @Test
  void aSweepBetweenTheCommitAndTheLookIntoTheLogForgetsNothing() {
    DecisionLog sweptWhenAsked = new SweptWhenAsked(log);

    Outcome outcome = new TwoPhaseCommit(engine, sweptWhenAsked).run(new UnconfirmedUnit());

    assertThat(outcome).isInstanceOf(Outcome.Decided.class);
    assertThat(trace.steps()).containsSubsequence("database commit", "sweep", "ask log");
    assertThat(log.unconfirmed()).containsValue(Set.of("broker", "database")).hasSize(1);
  }

  @Test
  void theNextSweepForgetsIt() {
    new TwoPhaseCommit(engine, log).run(new UnconfirmedUnit());
    assertThat(log.unconfirmed()).hasSize(1);

    sweep.run(List.of(broker, database));

    assertThat(log.unconfirmed()).isEmpty();
  }

  /** The engine's log; whoever asks it for a decision is overtaken by a sweep. */
  private final class SweptWhenAsked implements DecisionLog {

    private final DecisionLog log;

    SweptWhenAsked(DecisionLog log) {
      this.log = log;
    }

    @Override
    public Decision decisionOf(TransactionId id) {
      trace.add("sweep");
      sweep.run(List.of(broker, database));
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
    public boolean settle() {
      return log.settle();
    }
  }

  /** A unit whose database commits and whose reply is lost. */
  private final class UnconfirmedUnit implements UnitOfWork {

    private final NamedXaResource messages =
        new NamedXaResource("broker", new FakeXaResource("broker", trace));
    private final NamedXaResource rows =
        new NamedXaResource(
            "database",
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

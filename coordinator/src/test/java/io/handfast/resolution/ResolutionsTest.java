package io.handfast.resolution;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.log.DecisionLog.Verdict;
import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolutionsTest {

  private static final Instant NOW = Instant.parse("2026-03-29T01:59:59Z");

  private final TransactionId id = new TransactionId("n1", "0a1b2c3d", 1, 1);
  private final Branch branch = Branch.of(id, "broker");
  private Path file;

  @BeforeEach
  void name(@TempDir Path directory) {
    file = directory.resolve("resolutions.jsonl");
  }

  @Test
  void anIdReadsBackToItsTransactionAndParticipant() {
    assertThat(Branch.parse(branch.xid())).contains(branch);
    assertThat(Branch.parse("4660-01ab-02")).isEmpty();
    assertThat(Branch.isId("4660-01ab-02")).isTrue();
    assertThat(Branch.isId("4660-01a-02")).isFalse();
    assertThat(Branch.isId("../../etc/passwd")).isFalse();
  }

  @Test
  void whatWasKeptIsThereAfterARestart() {
    Heuristic heuristic = heuristic(branch);
    OperatorAct act = act(BranchAction.ROLLBACK, Verdict.UNKNOWN, false);
    try (Resolutions resolutions = Resolutions.open(file)) {
      assertThat(resolutions.keep(heuristic)).isTrue();
      assertThat(resolutions.keep(heuristic)).isFalse();
      resolutions.keep(act);
      resolutions.keep(act.with(OperatorAct.DONE));
    }

    try (Resolutions resolutions = Resolutions.open(file)) {
      assertThat(resolutions.heuristics()).containsExactly(heuristic);
      assertThat(resolutions.acts()).containsExactly(act.with(OperatorAct.DONE));
      assertThat(resolutions.decidedByPerson(id)).contains(BranchAction.ROLLBACK);
    }
  }

  @Test
  void aLineThatACrashHasTornIsDroppedAndTheNextOneIsWhole() throws IOException {
    Resolutions.open(file).close();
    String torn = "{\"entry\":\"act\",\"why\":\"" + "because ".repeat(500);
    Files.writeString(file, torn, StandardOpenOption.APPEND);

    try (Resolutions resolutions = Resolutions.open(file)) {
      resolutions.keep(heuristic(branch));
    }

    assertThat(Files.readAllLines(file)).hasSize(1);
    try (Resolutions resolutions = Resolutions.open(file)) {
      assertThat(resolutions.heuristics()).hasSize(1);
    }
  }

  @Test
  void anActAgainstTheLogIsAHeuristicUntilItIsForgotten() {
    OperatorAct act = act(BranchAction.ROLLBACK, Verdict.COMMIT, true);
    try (Resolutions resolutions = Resolutions.open(file)) {
      resolutions.keep(act);
      resolutions.keep(act.with(OperatorAct.DONE));
    }

    try (Resolutions resolutions = Resolutions.open(file)) {
      assertThat(resolutions.heuristic(branch.xid()))
          .hasValueSatisfying(
              known -> assertThat(known.outcome()).isEqualTo(Heuristic.Outcome.ROLLED_BACK));
      resolutions.keep(act(BranchAction.FORGET, Verdict.COMMIT, false).with(OperatorAct.DONE));
      assertThat(resolutions.heuristics()).isEmpty();
      assertThat(resolutions.givenUp(id)).isEmpty();
    }
  }

  @Test
  void anActThatFailedHasChangedNothing() {
    OperatorAct act = act(BranchAction.ROLLBACK, Verdict.COMMIT, true);
    try (Resolutions resolutions = Resolutions.open(file)) {
      resolutions.keep(act);
      assertThat(resolutions.heuristics()).hasSize(1); // a crash now would leave it open

      resolutions.keep(act.with("failed: code -7"));

      assertThat(resolutions.heuristics()).isEmpty();
      assertThat(resolutions.decidedByPerson(id)).isEmpty();
    }
  }

  private static Heuristic heuristic(Branch branch) {
    return new Heuristic(branch, BranchAction.COMMIT, Heuristic.Outcome.MIXED, "code 5", NOW);
  }

  private OperatorAct act(BranchAction action, Verdict decision, boolean forced) {
    return new OperatorAct(
        branch, action, "ann", "the disk is gone", decision, forced, NOW, OperatorAct.BEGUN);
  }
}

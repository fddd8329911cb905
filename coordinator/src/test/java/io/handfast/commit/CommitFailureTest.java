package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.event.Events;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.FakeDecisionLog;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way in which a commit can end, by what the log says and how many branches there were. */
class CommitFailureTest {

  private static final String TABLE =
      """
      commit throws     | branches | log says | outcome    | log asked
      nothing           | 2        | COMMIT   | Committed  | no
      nothing           | 2        | NONE     | Committed  | no
      nothing           | 2        | UNKNOWN  | Committed  | no
      Rollback          | 2        | COMMIT   | Decided    | yes
      Rollback          | 2        | NONE     | RolledBack | yes
      Rollback          | 2        | UNKNOWN  | InDoubt    | yes
      Mixed, pending    | 2        | COMMIT   | Decided    | yes
      Mixed, pending    | 2        | NONE     | RolledBack | yes
      Mixed, pending    | 2        | UNKNOWN  | InDoubt    | yes
      Mixed             | 2        | COMMIT   | Heuristic  | no
      Mixed             | 2        | NONE     | Heuristic  | no
      Mixed             | 2        | UNKNOWN  | Heuristic  | no
      HeuristicRollback | 2        | COMMIT   | Heuristic  | no
      HeuristicRollback | 2        | NONE     | Heuristic  | no
      HeuristicRollback | 2        | UNKNOWN  | Heuristic  | no
      System            | 2        | COMMIT   | Decided    | yes
      System            | 2        | NONE     | RolledBack | yes
      System            | 2        | UNKNOWN  | InDoubt    | yes
      Runtime           | 2        | COMMIT   | Decided    | yes
      Runtime           | 2        | NONE     | RolledBack | yes
      Runtime           | 2        | UNKNOWN  | InDoubt    | yes
      nothing           | 1        | COMMIT   | Committed  | no
      nothing           | 1        | NONE     | Committed  | no
      nothing           | 1        | UNKNOWN  | Committed  | no
      Rollback          | 1        | COMMIT   | RolledBack | no
      Rollback          | 1        | NONE     | RolledBack | no
      Rollback          | 1        | UNKNOWN  | RolledBack | no
      Mixed, pending    | 1        | COMMIT   | InDoubt    | no
      Mixed, pending    | 1        | NONE     | InDoubt    | no
      Mixed, pending    | 1        | UNKNOWN  | InDoubt    | no
      Mixed             | 1        | COMMIT   | Heuristic  | no
      Mixed             | 1        | NONE     | Heuristic  | no
      Mixed             | 1        | UNKNOWN  | Heuristic  | no
      HeuristicRollback | 1        | COMMIT   | Heuristic  | no
      HeuristicRollback | 1        | NONE     | Heuristic  | no
      HeuristicRollback | 1        | UNKNOWN  | Heuristic  | no
      System            | 1        | COMMIT   | InDoubt    | no
      System            | 1        | NONE     | InDoubt    | no
      System            | 1        | UNKNOWN  | InDoubt    | no
      Runtime           | 1        | COMMIT   | InDoubt    | no
      Runtime           | 1        | NONE     | InDoubt    | no
      Runtime           | 1        | UNKNOWN  | InDoubt    | no
      """;

  private final Trace trace = new Trace();
  private final FakeDecisionLog log = new FakeDecisionLog(trace);
  private final FakeTransactions transactions = new FakeTransactions(trace);
  private final TwoPhaseCommit protocol =
      new TwoPhaseCommit(transactions, log, participants -> {}, Events.NONE);

  @ParameterizedTest
  @CsvSource(textBlock = TABLE, delimiter = '|', useHeadersInDisplayName = true)
  void theOutcomeIsWhatTheLogAndTheBranchesProve(
      String thrown, int branches, Verdict says, String expected, String asked) throws Exception {
    Exception failure = failure(thrown);
    transactions
        .failsAt("commit", failure)
        .inOnePhase(branches == 1)
        .leavesPending(thrown.endsWith("pending"));
    log.says(says);

    Outcome outcome = unit(branches).run();

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(expected);
    assertThat(causeOf(outcome)).isSameAs(failure);
    assertThat(trace.steps())
        .startsWith("begin", "start broker", "receive")
        .doesNotContain("rollback");
    // The transaction ends when its outcome was read, so that recovery cannot change it before.
    List<String> ending =
        asked.equals("yes") ? List.of("commit", "ask log", "close") : List.of("commit", "close");
    assertThat(trace.steps().subList(trace.steps().indexOf("commit"), trace.steps().size()))
        .isEqualTo(ending);
  }

  @Test
  void theTableHasEveryCombination() throws Exception {
    Stream<String> rows = TABLE.lines().skip(1).map(row -> row.replaceAll("\\|[^|]*\\|[^|]*$", ""));

    assertThat(rows.distinct().count())
        .isEqualTo(7L * Verdict.values().length * Arrays.asList(1, 2).size());
  }

  private DrivenUnit unit(int branches) {
    DrivenUnit unit = new DrivenUnit(trace, protocol);
    return branches == 1 ? unit.withoutDatabase() : unit;
  }

  private static Exception failure(String thrown) {
    return switch (thrown) {
      case "nothing" -> null;
      case "Rollback" -> new RollbackException("a vote was no");
      case "Mixed", "Mixed, pending" -> new HeuristicMixedException("not all committed");
      case "HeuristicRollback" -> new HeuristicRollbackException("all rolled back");
      case "System" -> new SystemException("the engine failed");
      case "Runtime" -> new IllegalStateException("the engine has a defect");
      default -> throw new IllegalArgumentException(thrown);
    };
  }

  private static Throwable causeOf(Outcome outcome) {
    if (outcome instanceof Outcome.RolledBack rolledBack) {
      return rolledBack.cause();
    } else if (outcome instanceof Outcome.Decided decided) {
      return decided.cause();
    } else if (outcome instanceof Outcome.InDoubt inDoubt) {
      return inDoubt.cause();
    } else if (outcome instanceof Outcome.Heuristic heuristic) {
      return heuristic.cause();
    }
    return null;
  }
}

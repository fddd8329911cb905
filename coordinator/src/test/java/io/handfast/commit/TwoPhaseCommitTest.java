package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.log.FakeDecisionLog;
import io.handfast.message.BrokerException;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of the steps, and what becomes of a unit that fails before it is to be committed. */
class TwoPhaseCommitTest {

  private static final String RECEIVED = "begin, begun, start broker, receive, ";
  private static final String APPLIED = RECEIVED + "start database, apply, ";

  private final Trace trace = new Trace();
  private final FakeTransactions transactions = new FakeTransactions(trace);
  private final FakeUnitOfWork unit = new FakeUnitOfWork(trace);
  private final TwoPhaseCommit protocol =
      new TwoPhaseCommit(transactions, new FakeDecisionLog(trace));

  @Test
  void everyStepComesInTheOrderOfTheProtocol() {
    Outcome outcome = protocol.run(unit);

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly(
            "begin",
            "begun",
            "start broker",
            "receive",
            "start database",
            "apply",
            "end",
            "commit",
            "close");
    assertThat(unit.begun()).isEqualTo(FakeTransactions.ID);
  }

  @Test
  void withoutADatabaseTheBrokerIsTheOnlyBranch() {
    Outcome outcome = protocol.run(unit.withoutDatabase());

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly(
            "begin", "begun", "start broker", "receive", "apply", "end", "commit", "close");
  }

  @Test
  void nothingReceivedIsNothingAndTheDatabaseIsNotTouched() {
    Outcome outcome = protocol.run(unit.findsNothing());

    assertThat(outcome).isEqualTo(new Outcome.Nothing());
    assertThat(trace.steps())
        .containsExactly("begin", "begun", "start broker", "receive", "rollback", "close");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("failures")
  void workThatFailedIsRolledBackAndNeverPrepared(
      String step, Exception failure, List<String> expected) {
    transactions.failsAt(step, failure);
    unit.failsAt(step, failure);

    Outcome outcome = protocol.run(unit);

    assertThat(outcome).isEqualTo(new Outcome.RolledBack(failure));
    assertThat(trace.steps()).isEqualTo(expected);
  }

  static Stream<Arguments> failures() {
    SystemException engine = new SystemException("the engine failed");
    RollbackException timedOut = new RollbackException("the transaction has timed out");
    BrokerException broker = new BrokerException("the broker is away");
    SQLException database = new SQLException("the database is away");
    IllegalStateException bug = new IllegalStateException("a defect");
    return Stream.of(
        failure("begin", engine, "begin"),
        failure("start broker", engine, "begin, begun, start broker, rollback, close"),
        failure("start broker", timedOut, "begin, begun, start broker, rollback, close"),
        failure("start broker", bug, "begin, begun, start broker, rollback, close"),
        failure("receive", broker, RECEIVED + "rollback, close"),
        failure("receive", bug, RECEIVED + "rollback, close"),
        failure("start database", engine, RECEIVED + "start database, rollback, close"),
        failure("start database", timedOut, RECEIVED + "start database, rollback, close"),
        failure("apply", broker, APPLIED + "rollback, close"),
        failure("apply", database, APPLIED + "rollback, close"),
        failure("apply", bug, APPLIED + "rollback, close"),
        failure("end", engine, APPLIED + "end, rollback, close"),
        failure("end", bug, APPLIED + "end, rollback, close"));
  }

  private static Arguments failure(String step, Exception with, String trace) {
    return Arguments.of(step, with, List.of(trace.split(", ")));
  }
}

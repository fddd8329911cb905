package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.event.Event;
import io.handfast.event.Events;
import io.handfast.log.FakeDecisionLog;
import io.handfast.message.BrokerException;
import io.handfast.message.SourceSession;
import io.handfast.participant.NamedXaResource;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of the steps, and what becomes of a unit that fails before it is to be committed. */
class TwoPhaseCommitTest {

  private static final String RECEIVED = "begin, start broker, receive, ";
  private static final String APPLIED = RECEIVED + "start database, apply, ";

  private final Trace trace = new Trace();
  private final FakeTransactions transactions = new FakeTransactions(trace);
  private final List<Event> told = new ArrayList<>();
  private final Set<String> lost = new HashSet<>();
  private final TwoPhaseCommit protocol =
      new TwoPhaseCommit(
          transactions,
          new FakeDecisionLog(trace),
          this::requireHeld,
          new Events(List.of(told::add)));
  private final DrivenUnit unit = new DrivenUnit(trace, protocol);

  private void requireHeld(Collection<String> participants) throws ParticipantUnavailableException {
    for (String participant : participants) {
      if (lost.contains(participant)) {
        throw new ParticipantUnavailableException(participant + ": the name is lost", null);
      }
    }
  }

  @Test
  void everyStepComesInTheOrderOfTheProtocol() throws Exception {
    Outcome outcome = unit.run();

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly(
            "begin",
            "start broker",
            "receive",
            "start database",
            "apply",
            "end",
            "commit",
            "close");
  }

  @Test
  void withoutADatabaseTheBrokerIsTheOnlyBranch() throws Exception {
    Outcome outcome = unit.withoutDatabase().run();

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(trace.steps())
        .containsExactly("begin", "start broker", "receive", "apply", "end", "commit", "close");
  }

  @Test
  void nothingReceivedIsNothingAndTheDatabaseIsNotTouched() throws Exception {
    Outcome outcome = unit.findsNothing().run();

    assertThat(outcome).isEqualTo(new Outcome.Nothing());
    assertThat(trace.steps())
        .containsExactly("begin", "start broker", "receive", "rollback", "close");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("failures")
  void workThatFailedIsRolledBackAndNeverPrepared(
      String step, Exception failure, List<String> expected) throws Exception {
    transactions.failsAt(step, failure);
    unit.failsAt(step, failure);

    Outcome outcome = unit.run();

    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    assertThat(List.of(outcome.cause(), String.valueOf(outcome.cause().getCause())))
        .containsAnyOf(failure, failure.toString());
    assertThat(trace.steps()).isEqualTo(expected);
  }

  @Test
  void aUnitThatCannotBeginHasNothingToUndo() {
    SystemException engine = new SystemException("the engine failed");
    transactions.failsAt("begin", engine);

    assertThatThrownBy(unit::run).isSameAs(engine);

    assertThat(trace.steps()).containsExactly("begin");
  }

  @Test
  void aParticipantWhoseBranchCannotBeStartedIsUnreachableAndItsSessionIsNotUsedAgain()
      throws Exception {
    SourceSession first = unit.sessions().messages();
    transactions.failsAt("start broker", new RollbackException("connection lost"));

    Outcome outcome = unit.run();

    assertThat(outcome.cause())
        .isInstanceOf(ParticipantUnavailableException.class)
        .hasMessage("broker: connection lost");
    assertThat(unit.sessions().messages()).isNotSameAs(first);
  }

  @Test
  void noBranchIsStartedWhereTheNodeHasLostItsName() throws Exception {
    lost.add("broker");

    Outcome outcome = unit.run();

    assertThat(outcome.cause()).hasMessage("broker: the name is lost");
    assertThat(trace.steps()).containsExactly("begin", "rollback", "close");
  }

  @Test
  void nothingIsPreparedWhereTheNodeLosesItsNameMeanwhile() throws Exception {
    UnitOfWork begun = protocol.begin(unit.sessions());
    begun.messages();
    lost.add("broker");

    Outcome outcome = begun.commit();

    assertThat(outcome.cause()).hasMessage("broker: the name is lost");
    assertThat(trace.steps()).containsExactly("begin", "start broker", "rollback", "close");
  }

  @Test
  void aClientsUnitIsNeverOneBranchAlone() throws Exception {
    UnitOfWork begun = protocol.beginForClient(unit.sessions(), Duration.ofDays(1), outcome());

    Outcome outcome = begun.commit();

    assertThat(trace.steps()).containsExactly("begin", "start outcome", "end", "commit", "close");
    assertThat(begun.participants()).isEmpty();
    assertThat(told)
        .containsExactly(
            new Event.ClientTransactionBegun(FakeTransactions.ID),
            new Event.ClientTransactionEnded(FakeTransactions.ID, outcome));
  }

  @Test
  void aClientsUnitThatCannotBeginLeavesNoTransactionOpen() {
    transactions.failsAt("start outcome", new SystemException("the engine failed"));

    assertThatThrownBy(
            () -> protocol.beginForClient(unit.sessions(), Duration.ofDays(1), outcome()))
        .hasMessage("the engine failed");

    assertThat(trace.steps()).containsExactly("begin", "start outcome", "rollback", "close");
  }

  private NamedXaResource outcome() {
    return new NamedXaResource("outcome", new FakeXaResource("outcome", trace));
  }

  static Stream<Arguments> failures() {
    SystemException engine = new SystemException("the engine failed");
    RollbackException timedOut = new RollbackException("the transaction has timed out");
    BrokerException broker = new BrokerException("the broker is away");
    SQLException database = new SQLException("the database is away");
    IllegalStateException bug = new IllegalStateException("a defect");
    return Stream.of(
        failure("start broker", engine, "begin, start broker, rollback, close"),
        failure("start broker", timedOut, "begin, start broker, rollback, close"),
        failure("start broker", bug, "begin, start broker, rollback, close"),
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

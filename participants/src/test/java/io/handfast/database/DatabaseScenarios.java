package io.handfast.database;

import static io.handfast.database.Units.branch;
import static io.handfast.database.Units.messages;
import static io.handfast.database.Units.query;
import static io.handfast.database.Units.run;
import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.participant.RecoverySession;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every database must do; the subclasses choose the database. */
abstract class DatabaseScenarios {

  JdbcDatabase database;

  abstract JdbcDatabase open() throws Exception;

  @BeforeEach
  void emptyTables() throws Exception {
    database = open();
    run(
        database,
        "CREATE TABLE t (id BIGINT PRIMARY KEY, a VARCHAR(5) NOT NULL, n INTEGER)",
        "CREATE TABLE log (n SERIAL PRIMARY KEY, line VARCHAR(100))");
  }

  @AfterEach
  void nothingIsPrepared() throws Exception {
    assertThat(prepared()).isEmpty();
    run(database, "DROP TABLE t", "DROP TABLE log");
  }

  @Test
  void aLocalUnitIsThereAfterCommitAndNotAfterRollback() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      insert(session, 1);
      session.commit();
      insert(session, 2);
      session.rollback();
      assertThat(session.isUsable()).isTrue();
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void closingASessionGivesUpItsUnit() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      insert(session, 1);
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void oneSessionServesBranchAfterBranch() throws Exception {
    try (JdbcSession session = database.openXa()) {
      prepare(session, branch("b1"), 1);
      session.xaResource().commit(branch("b1"), false);
      prepare(session, branch("b2"), 2);
      session.xaResource().rollback(branch("b2"));
      session.xaResource().start(branch("b3"), XAResource.TMNOFLAGS);
      insert(session, 3);
      session.xaResource().end(branch("b3"), XAResource.TMFAIL);
      session.xaResource().rollback(branch("b3"));
      session.xaResource().start(branch("b4"), XAResource.TMNOFLAGS);
      insert(session, 4);
      session.xaResource().end(branch("b4"), XAResource.TMSUCCESS);
      session.xaResource().commit(branch("b4"), true);
      assertThat(session.isUsable()).isTrue();
    }
    assertThat(ids()).isEqualTo("1,4");
  }

  @Test
  void aPreparedBranchOutlivesItsSessionAndCanBeCommitted() throws Exception {
    try (JdbcSession session = database.openXa()) {
      prepare(session, branch("b1"), 1);
    }
    assertThat(ids()).isEmpty();
    try (RecoverySession recovery = database.openForRecovery()) {
      assertThat(recovery.preparedBranches()).containsExactly(branch("b1"));
      recovery.commit(recovery.preparedBranches().get(0));
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void severalRecoveredBranchesCanBeRolledBackOnOneConnection() throws Exception {
    for (int i = 1; i <= 3; i++) {
      try (JdbcSession session = database.openXa()) {
        prepare(session, branch("b" + i), i);
      }
    }
    try (RecoverySession recovery = database.openForRecovery()) {
      List<Xid> branches = recovery.preparedBranches();
      assertThat(branches).containsExactlyInAnyOrder(branch("b1"), branch("b2"), branch("b3"));
      recovery.rollback(branch("b1"));
      recovery.commit(branch("b2"));
      recovery.rollback(branch("b3"));
      assertThat(recovery.preparedBranches()).isEmpty();
    }
    assertThat(ids()).isEqualTo("2");
    try (JdbcSession session = database.openLocal()) {
      insert(session, 1); // no lock is left behind
      session.commit();
    }
  }

  @Test
  void anUnknownBranchIsNotCommitted() throws Exception {
    try (RecoverySession recovery = database.openForRecovery()) {
      XAException refused =
          catchThrowableOfType(XAException.class, () -> recovery.commit(branch("nobody")));
      assertThat(refused.errorCode).isEqualTo(XAException.XAER_NOTA);
    }
  }

  @Test
  void failedWorkIsNeverPrepared() throws Exception {
    try (JdbcSession session = database.openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      insert(session, 1);
      assertThatThrownBy(() -> insert(session, 1)).isInstanceOf(SQLException.class);
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      assertThatThrownBy(() -> session.xaResource().prepare(branch("b1")))
          .isInstanceOf(XAException.class);
      session.xaResource().rollback(branch("b1"));
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void failedWorkIsNeverCommittedInOnePhase() throws Exception {
    try (JdbcSession session = database.openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      insert(session, 1);
      assertThatThrownBy(() -> insert(session, 1)).isInstanceOf(SQLException.class);
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      assertThatThrownBy(() -> session.xaResource().commit(branch("b1"), true))
          .isInstanceOf(XAException.class);
    }
    try (JdbcSession session = database.openLocal()) {
      insert(session, 1);
      assertThatThrownBy(
              () -> session.execute(statements("DELETE FROM t WHERE id = :x"), messages("no")))
          .isInstanceOf(PoisonException.class);
      assertThatThrownBy(session::commit).isInstanceOf(IllegalStateException.class);
      session.rollback();
      session.commit();
    }
    assertThat(ids()).isEmpty();
  }

  /** Whether it takes one round trip to the database or several. */
  @Test
  void undoingUndoesTheWholeAttemptAndNothingBefore() throws Exception {
    List<StatementTemplate> insert = statements("INSERT INTO t VALUES (:id, 'a', 0)");
    List<StatementTemplate> twice =
        statements("INSERT INTO t VALUES (:id, 'a', 0)", "INSERT INTO t VALUES (:other, 'a', 0)");
    try (JdbcSession session = database.openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      undoes(session, twice, SQLException.class, "{\"id\": 1, \"other\": 1}");
      session.executeUndoably(insert, messages("{\"id\": 2}"), false);
      undoes(session, insert, PoisonException.class, "unreadable");
      undoes(session, twice, SQLException.class, "{\"id\": 3, \"other\": 2}");
      undoes(session, insert, SQLException.class, "{\"id\": 4}", "{\"id\": 4}");
      session.executeUndoably(insert, messages("{\"id\": 5}", "{\"id\": 6}"), false);
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      session.xaResource().prepare(branch("b1"));
      session.xaResource().commit(branch("b1"), false);
      session.xaResource().start(branch("b2"), XAResource.TMNOFLAGS);
      undoes(session, insert, PoisonException.class, "unreadable");
      session.executeUndoably(twice, messages("{\"id\": 7, \"other\": 8}"), false);
      session.xaResource().end(branch("b2"), XAResource.TMSUCCESS);
      session.xaResource().commit(branch("b2"), true);
    }
    assertThat(ids()).isEqualTo("2,5,6,7,8");
  }

  private static void undoes(
      JdbcSession session,
      List<StatementTemplate> statements,
      Class<? extends Throwable> failure,
      String... bodies)
      throws SQLException {
    assertThatThrownBy(() -> session.executeUndoably(statements, messages(bodies), false))
        .isInstanceOf(failure);
    session.rollbackToSavepoint();
  }

  @Test
  void aSavepointInABranchUndoesOnlyWhatFollowed() throws Exception {
    try (JdbcSession session = database.openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      session.savepoint();
      insert(session, 1);
      session.savepoint();
      insert(session, 2);
      assertThatThrownBy(() -> insert(session, 1)).isInstanceOf(SQLException.class);
      session.rollbackToSavepoint();
      session.rollbackToSavepoint();
      insert(session, 3);
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      session.xaResource().prepare(branch("b1"));
      session.xaResource().commit(branch("b1"), false);
    }
    assertThat(ids()).isEqualTo("1,3");
  }

  @Test
  void aBatchThatFailedLeavesNothingBehindForTheNextOne() throws Exception {
    List<StatementTemplate> insert = statements("INSERT INTO t VALUES (:id, 'a', 0)");
    try (JdbcSession session = database.openLocal()) {
      session.savepoint();
      assertThatThrownBy(() -> session.execute(insert, messages("{\"id\": 1}", "no")))
          .isInstanceOf(PoisonException.class);
      session.rollbackToSavepoint();
      session.execute(insert, messages("{\"id\": 2}", "{\"id\": 3}"));
      session.savepoint();
      assertThatThrownBy(() -> session.execute(insert, messages("{\"id\": 4}", "{\"id\": 4}")))
          .isInstanceOf(SQLException.class);
      session.rollbackToSavepoint();
      session.execute(insert, messages("{\"id\": 5}", "{\"id\": 6}"));
      session.commit();
    }
    assertThat(ids()).isEqualTo("2,3,5,6");
  }

  @Test
  void severalStatementsKeepTheOrderOfTheMessages() throws Exception {
    List<StatementTemplate> unit =
        statements(
            "INSERT INTO log(line)"
                + " SELECT CONCAT('before ', CAST(:id AS VARCHAR(20)), ': ', COUNT(*)) FROM t -- :x",
            "INSERT INTO t VALUES (:id, 'a', :n);");
    String[] bodies =
        IntStream.range(0, 75).mapToObj(i -> "{\"id\": " + i + "}").toArray(String[]::new);
    try (JdbcSession session = database.openLocal()) {
      session.execute(unit, messages(bodies));
      session.execute(unit, List.of());
      session.commit();
    }
    String expected =
        String.join(",", IntStream.range(0, 75).mapToObj(i -> "before " + i + ": " + i).toList());
    assertThat(query(database, "SELECT line FROM log ORDER BY n")).isEqualTo(expected);
  }

  @Test
  void aStatementMayReturnRows() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      for (int i = 0; i < 8; i++) {
        session.execute(
            statements("SELECT id FROM t WHERE id <> :id"), messages("{\"id\": 1}", "{\"id\": 2}"));
      }
      session.commit();
    }
  }

  @Test
  void valuesOfChangingTypesFitOneStatement() throws Exception {
    List<StatementTemplate> insert = statements("INSERT INTO t VALUES (:id, :a, :n)");
    try (JdbcSession session = database.openLocal()) {
      for (int round = 0; round < 10; round++) {
        session.execute(
            insert,
            messages(
                "{\"id\": 1, \"a\": \"x\", \"n\": 5}",
                "{\"id\": \"2\", \"a\": true, \"n\": null}",
                "{\"id\": 3.0, \"a\": 1.50, \"n\": \"6\"}",
                "{\"id\": 4, \"a\": 12}"));
        if (round < 9) {
          session.rollback();
        }
      }
      session.commit();
    }
    assertThat(
            query(database, "SELECT CONCAT(id, '=', a, '/', n) FROM t ORDER BY id").toLowerCase())
        .isEqualTo("1=x/5,2=true/,3=1.50/6,4=12/");
  }

  @Test
  void theFaultOfAMessageIsPoison() throws Exception {
    assertThat(failure("INSERT INTO t VALUES (:id, 'a', 0)", "{\"id\": 1}", "{\"id\": 1}"))
        .isEqualTo(SqlFailure.POISON);
    assertThat(failure("INSERT INTO t VALUES (:id, :a, 0)", "{\"id\": 1}"))
        .isEqualTo(SqlFailure.POISON);
    assertThat(failure("INSERT INTO t VALUES (:id, :a, 0)", "{\"id\": 1, \"a\": \"too long\"}"))
        .isEqualTo(SqlFailure.POISON);
    assertThat(failure("INSERT INTO t VALUES (:id, 'a', 0)", "{\"id\": \"one\"}"))
        .isEqualTo(SqlFailure.POISON);
    assertThat(failure("INSERT INTO t VALUES (:id, 'a', :n)", "{\"id\": 1, \"n\": 1e12}"))
        .isEqualTo(SqlFailure.POISON);
  }

  @Test
  void aMissingTableOrColumnMayBeAMessagesFaultOrNot() throws Exception {
    assertThat(failure("INSERT INTO nowhere VALUES (:id)", "{\"id\": 1}"))
        .isEqualTo(SqlFailure.SUSPECT);
    assertThat(failure("UPDATE t SET nothing = :id", "{\"id\": 1}")).isEqualTo(SqlFailure.SUSPECT);
  }

  @Test
  void failuresOfDataAndOfTheSchemaLeaveASessionUsable() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      insert(session, 1);
      assertThatThrownBy(() -> insert(session, 1)).isInstanceOf(SQLException.class);
      assertThat(session.isUsable()).isTrue();
      session.rollback();
      assertThatThrownBy(() -> session.execute(statements("DELETE FROM x"), messages("")))
          .isInstanceOf(SQLException.class);
      assertThat(session.isUsable()).isTrue();
      session.rollback();
      insert(session, 1);
      session.commit();
    }
    assertThat(ids()).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "1e-3", "9223372036854775808.5"})
  void aNumberThatAWholeNumberCannotHoldFailsAndIsNotRounded(String number) throws Exception {
    try (JdbcSession session = database.openLocal()) {
      assertThatThrownBy(
              () ->
                  session.execute(
                      statements("INSERT INTO t VALUES (:id, 'a', :n)"),
                      messages("{\"id\": 1, \"n\": " + number + "}")))
          .isInstanceOf(PoisonException.class)
          .hasMessageContaining(":n does not fit the type");
    }
  }

  @Test
  void aStatementThatChangesNoRowFailsWhereRowsAreExpected() throws Exception {
    List<StatementTemplate> update = statements("UPDATE t SET n = :n WHERE id = :id");
    List<StatementTemplate> both =
        statements("INSERT INTO t VALUES (:id, 'a', 0)", "UPDATE t SET n = 1 WHERE id = :other");
    try (JdbcSession session = database.openLocal()) {
      insert(session, 1);
      session.executeUndoably(update, messages("{\"id\": 1}"), true);
      for (int round = 0; round < 2; round++) { // the second one is a single round trip
        expectsRows(session, update, "{\"id\": 2}");
        expectsRows(session, update, "{\"id\": 1}", "{\"id\": 2}");
        expectsRows(session, both, "{\"id\": 5, \"other\": 5}", "{\"id\": 6, \"other\": 9}");
        session.executeUndoably(both, messages("{\"id\": 3, \"other\": 1}"), true);
        session.executeUndoably(update, messages("{\"id\": 2}"), false);
        session.rollbackToSavepoint();
        if (round == 0) {
          session.rollback();
          insert(session, 1);
        }
      }
    }
  }

  private static void expectsRows(
      JdbcSession session, List<StatementTemplate> statements, String... bodies)
      throws SQLException {
    assertThatThrownBy(() -> session.executeUndoably(statements, messages(bodies), true))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("changed no row: UPDATE t");
    session.rollbackToSavepoint();
  }

  @Test
  void statementsThatCannotBePreparedAreNamedAndNothingRuns() throws Exception {
    List<StatementTemplate> mixed =
        statements(
            "INSERT INTO t VALUES (:id, :a, :n)",
            "INSERT INTO nowhere VALUES (:id)",
            "UPDATE t SET nothing = :id",
            "INSRT INTO t VALUES (:id)",
            "DELETE FROM t");

    List<StatementProblem> problems = database.verify(mixed);

    assertThat(problems).map(StatementProblem::index).containsExactly(1, 2, 3);
    assertThat(problems.get(0).reason()).containsIgnoringCase("nowhere");
    assertThat(problems.get(1).reason()).containsIgnoringCase("nothing");
  }

  SqlFailure failure(String sql, String... bodies) throws Exception {
    try (JdbcSession session = database.openLocal()) {
      SQLException failure =
          catchThrowableOfType(
              SQLException.class, () -> session.execute(statements(sql), messages(bodies)));
      return database.dialect().classify(failure);
    }
  }

  void insert(JdbcSession session, int id) throws Exception {
    session.execute(
        statements("INSERT INTO t VALUES (:id, 'a', 0)"), messages("{\"id\": " + id + "}"));
  }

  void prepare(JdbcSession session, Xid branch, int id) throws Exception {
    session.xaResource().start(branch, XAResource.TMNOFLAGS);
    insert(session, id);
    session.xaResource().end(branch, XAResource.TMSUCCESS);
    assertThat(session.xaResource().prepare(branch)).isEqualTo(XAResource.XA_OK);
  }

  String ids() throws SQLException {
    return query(database, "SELECT id FROM t ORDER BY id");
  }

  List<Xid> prepared() throws Exception {
    try (RecoverySession recovery = database.openForRecovery()) {
      return recovery.preparedBranches();
    }
  }

  static Stream<String> bodies(int count) {
    return IntStream.range(0, count).mapToObj(i -> "{\"id\": " + i + "}");
  }
}

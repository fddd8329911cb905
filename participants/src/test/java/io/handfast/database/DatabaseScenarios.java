package io.handfast.database;

import static io.handfast.database.Units.messages;
import static io.handfast.database.Units.query;
import static io.handfast.database.Units.run;
import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every database must do with SQL; the subclasses choose the database. */
abstract class DatabaseScenarios extends DatabaseContract {

  JdbcDatabase database;

  @Override
  Database database() {
    return database;
  }

  abstract JdbcDatabase open() throws Exception;

  @BeforeEach
  void emptyTables() throws Exception {
    database = open();
    database.createInbox();
    run(
        database,
        "CREATE TABLE t (id BIGINT PRIMARY KEY, a VARCHAR(5) NOT NULL, n INTEGER)",
        "CREATE TABLE log (n SERIAL PRIMARY KEY, line VARCHAR(100))");
  }

  @AfterEach
  void dropTables() throws Exception {
    run(database, "DROP TABLE t", "DROP TABLE log");
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
  void bytesGoToTheirColumnsAsTheyAreAndNoneIsNull() throws Exception {
    run(database, "CREATE TABLE octets(id BIGINT, body BYTEA, label BYTEA)");
    List<StatementTemplate> insert =
        statements("INSERT INTO octets(id, body, label) VALUES (:id, :body, :label)");
    byte[] any = {0, (byte) 0xff, 'a', 0};
    List<ParameterValues> rows = new ArrayList<>();
    for (long id = 1; id <= 5; id++) {
      long number = id;
      rows.add(
          parameter ->
              switch (parameter.name()) {
                case "id" -> number;
                case "body" -> any;
                default -> number % 2 == 0 ? new byte[] {(byte) number} : null;
              });
    }
    try (JdbcSession session = database.openLocal()) {
      session.execute(insert, rows);
      session.executeUndoably(insert, rows.subList(0, 1), true);
      session.commit();
    }
    assertThat(query(database, "SELECT count(*) FROM octets WHERE octet_length(body) = 4"))
        .isEqualTo("6");
    assertThat(query(database, "SELECT id FROM octets WHERE label IS NOT NULL ORDER BY id"))
        .isEqualTo("2,4");
    run(database, "DROP TABLE octets");
  }

  /** Which header is of bytes is the sender's choice, message by message. */
  @Test
  void aHeaderOfBytesIsTheFaultOfItsMessageWhereTheColumnIsNotOfBytes() throws Exception {
    run(database, "CREATE TABLE octets(body BYTEA, label VARCHAR(20), n BIGINT)");
    byte[] any = {0, (byte) 0xff};
    List<ParameterValues> rows =
        List.of(
            new JsonValues("id-1", "{}", header -> "text"),
            new JsonValues("id-2", "{}", header -> any));
    try (JdbcSession session = database.openLocal()) {
      session.executeUndoably(
          statements("INSERT INTO octets(body) VALUES (:header.x)"), rows.subList(1, 2), true);
      for (String column : List.of("label", "n")) {
        List<StatementTemplate> insert =
            statements("INSERT INTO octets(" + column + ") VALUES (:header.x)");
        for (int round = 0; round < 7; round++) {
          assertThatThrownBy(() -> session.executeUndoably(insert, rows.subList(1, 2), true))
              .isInstanceOf(PoisonException.class)
              .hasMessageContaining("the header x is bytes, which do not fit the type");
          session.rollbackToSavepoint();
        }
      }
      session.executeUndoably(
          statements("INSERT INTO octets(label) VALUES (:header.x)"), rows.subList(0, 1), true);
      session.commit();
    }
    assertThat(query(database, "SELECT count(*) FROM octets WHERE octet_length(body) = 2"))
        .isEqualTo("1");
    assertThat(query(database, "SELECT label FROM octets WHERE label IS NOT NULL"))
        .isEqualTo("text");
    run(database, "DROP TABLE octets");
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

  @Test
  void aSlotThatIsNotWrittenForADayIsTakenOverAndADayLaterRemoved() throws Exception {
    database().createMarker();
    try (JdbcSession session = (JdbcSession) database().openLocal()) {
      Marker marker = session.marker();
      String slot = marker.open(new Marker.Place("n", "d", "o", ""), Duration.ofMinutes(1)).id();
      marker.open(new Marker.Place("another", "d", "o", ""), Duration.ofMinutes(1));
      assertThat(marker.idle("n", false)).isEmpty();
      letADayPass(session);
      assertThat(marker.idle("n", true)).isEmpty();
      assertThat(marker.idle("n", false)).containsExactly(slot);
      marker.remove(slot);
      marker.takeOver(slot);
      assertThat(marker.idle("n", true)).isEmpty();
      letADayPass(session);
      assertThat(marker.idle("n", true)).containsExactly(slot);
      marker.remove(slot);

      assertThat(marker.takeOver(slot)).isEmpty();
    }
  }

  @Test
  void nodesAgreeOnTheProtocolOfADelivery() throws Exception {
    Duration forgotten = Duration.ofSeconds(60);
    Marker.Agreement first = new Marker.Agreement("agreed", "local-commit", "n1");
    Marker.Agreement second = new Marker.Agreement("agreed", "idempotency", "n2");
    database().createMarker();

    assertThat(database().agree(first, forgotten)).isEmpty();
    assertThat(database().agree(first, forgotten)).isEmpty();
    assertThat(database().agree(second, forgotten)).contains(first);
    Marker.Agreement alike = new Marker.Agreement("agreed", "local-commit", "n2");
    assertThat(database().agree(alike, forgotten)).isEmpty();
    assertThat(database().agree(new Marker.Agreement("e", "idempotency", "n3"), forgotten))
        .as("of another delivery")
        .isEmpty();
    assertThat(database().agree(second, forgotten)).as("its own note was the last").isEmpty();
    assertThat(database().agree(first, forgotten)).contains(second);
    try (JdbcSession session = (JdbcSession) database().openLocal()) {
      letADayPass(session);
    }
    assertThat(database().agree(first, forgotten)).as("the other is gone").isEmpty();
    database().withdraw(second);
    assertThat(database().agree(second, forgotten)).contains(first);
    database().withdraw(first);
    assertThat(database().agree(second, forgotten)).isEmpty();
  }

  @Test
  void threadsThatNoteAProtocolAtOnceAgree() throws Exception {
    database().createMarker();
    List<CompletableFuture<Boolean>> noted = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Marker.Agreement mine = new Marker.Agreement("at-once", "local-commit", "n" + i % 2);
      noted.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return database().agree(mine, Duration.ofSeconds(60)).isEmpty();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task).start()));
    }

    assertThat(noted).allSatisfy(one -> assertThat(one.get()).isTrue());
  }

  private static void letADayPass(JdbcSession session) throws SQLException {
    try (java.sql.Statement statement = session.jdbc().createStatement()) {
      statement.executeUpdate(
          "UPDATE handfast_marker SET updated_at = updated_at - INTERVAL '25' HOUR");
    }
    session.commit();
  }

  private static void expectsRows(
      JdbcSession session, List<StatementTemplate> statements, String... bodies) throws Exception {
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

  @Override
  String ids() throws SQLException {
    return query(database, "SELECT id FROM t ORDER BY id");
  }

  static Stream<String> bodies(int count) {
    return IntStream.range(0, count).mapToObj(i -> "{\"id\": " + i + "}");
  }
}

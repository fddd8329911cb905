package io.handfast.database;

import static io.handfast.database.Units.messages;
import static io.handfast.database.Units.query;
import static io.handfast.database.Units.run;
import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inserts of many messages are one command where PostgreSQL does the same for both. */
class PostgresRowsTest {

  /** Rows that one command has inserted have the same number of it. */
  private static final String COMMANDS = "SELECT count(DISTINCT cmin::text) FROM r";

  private static final String PLAIN = "INSERT INTO r(id, a) VALUES (:id, :a)";

  private final JdbcDatabase database = new JdbcDatabase("database", PostgresServer.settings());

  @BeforeEach
  void createTable() throws Exception {
    run(
        database,
        "CREATE DOMAIN short AS VARCHAR(9)",
        "CREATE TABLE r (n SERIAL, id BIGINT PRIMARY KEY, a VARCHAR(9), d short, l INT[])");
  }

  @AfterEach
  void dropTable() throws Exception {
    run(database, "DROP TABLE r CASCADE", "DROP DOMAIN short", "DROP TABLE IF EXISTS told");
  }

  private void insert(String sql) throws Exception {
    try (JdbcSession session = database.openLocal()) {
      for (int unit = 0; unit < 2; unit++) { // in one round trip once the types are known
        session.rollback();
        session.executeUndoably(
            statements(sql),
            messages(
                "{\"id\": 5, \"a\": \"x\"}",
                "{\"id\": 3, \"a\": \"y\"}",
                "{\"id\": 4, \"a\": null}"),
            false);
      }
      session.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        PLAIN,
        "insert into public.\"r\" ( \"id\" , a )\nvalues\n( :id,:a ) ;",
        "INSERT INTO r(id, a) VALUES (:id, :a) ON CONFLICT DO NOTHING",
        "INSERT INTO r(id, a) VALUES (:id, :id) ON CONFLICT (id) DO NOTHING"
      })
  void rowsOfParametersAloneAreOneCommand(String sql) throws Exception {
    insert(sql);

    assertThat(query(database, COMMANDS)).isEqualTo("1");
    assertThat(query(database, "SELECT id FROM r ORDER BY n")).isEqualTo("5,3,4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO r(id, a) VALUES (:id, lower(:a))",
        "INSERT INTO r(id, a) VALUES (:id, 'a')",
        "INSERT INTO r(id, a) VALUES (:id, (SELECT count(*)::text FROM r WHERE :a <> ''))",
        "INSERT INTO r(id, a) VALUES (:id, :a) ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a",
        "INSERT INTO r(id, a) SELECT :id, :a",
        "INSERT INTO r(id, d) VALUES (:id, :a)",
        "INSERT INTO r(id, l[1]) VALUES (:id, :id)",
        "INSERT INTO r(id, a) VALUES (:id, :a) -- a comment"
      })
  void allElseIsACommandForEachMessage(String sql) throws Exception {
    insert(sql);

    assertThat(query(database, COMMANDS)).isEqualTo("3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE TRIGGER x AFTER INSERT ON r EXECUTE FUNCTION tell() | 3",
        "CREATE TRIGGER x BEFORE INSERT ON r FOR EACH ROW EXECUTE FUNCTION tell() | 3",
        "CREATE RULE x AS ON INSERT TO r DO ALSO INSERT INTO told VALUES (1) | 3"
      })
  void aTableWithTriggersOrRulesHasACommandForEachMessage(String made, int times) throws Exception {
    run(
        database,
        "CREATE TABLE told (n INT)",
        "CREATE OR REPLACE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN INSERT INTO told VALUES (1); RETURN NEW; END'",
        made);
    insert(PLAIN);

    assertThat(query(database, COMMANDS)).isEqualTo("3");
    assertThat(query(database, "SELECT count(*) FROM told")).isEqualTo(Integer.toString(times));
  }

  @Test
  void aTableInPartitionsHasACommandForEachMessage() throws Exception {
    run(
        database,
        "DROP TABLE r",
        "CREATE TABLE r (n SERIAL, id BIGINT, a VARCHAR(9)) PARTITION BY RANGE (id)",
        "CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (100)");
    insert(PLAIN);

    assertThat(query(database, COMMANDS)).isEqualTo("3");
  }

  @Test
  void whereRowsAreExpectedEachMessageHasACommand() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      SQLException failure =
          catchThrowableOfType(
              SQLException.class,
              () ->
                  session.executeUndoably(
                      statements(PLAIN + " ON CONFLICT DO NOTHING"),
                      messages("{\"id\": 1}", "{\"id\": 1}"),
                      true));
      assertThat(failure.getSQLState()).isEqualTo("02000");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatATableDefersIsCheckedWithTheStatements(boolean isDeferredLater) throws Exception {
    String defer = "ALTER TABLE r ADD CONSTRAINT later UNIQUE (a) DEFERRABLE INITIALLY DEFERRED";
    if (!isDeferredLater) {
      run(database, defer);
    }
    List<StatementTemplate> insert = statements(PLAIN);
    try (JdbcSession session = database.openLocal()) {
      session.executeUndoably(insert, messages("{\"id\": 1, \"a\": \"x\"}"), false);
      session.rollback();
      if (isDeferredLater) { // the failure of this commit has the statement described again
        run(database, defer);
        session.executeUndoably(
            insert, messages("{\"id\": 1, \"a\": \"x\"}", "{\"id\": 2, \"a\": \"x\"}"), false);
        assertThatThrownBy(session::commit).isInstanceOf(SQLException.class);
        session.rollback();
        session.executeUndoably(insert, messages("{\"id\": 1, \"a\": \"x\"}"), false);
        session.rollback();
      }
      SQLException failure =
          catchThrowableOfType(
              SQLException.class,
              () ->
                  session.executeUndoably(
                      insert,
                      messages("{\"id\": 1, \"a\": \"x\"}", "{\"id\": 2, \"a\": \"x\"}"),
                      false));
      assertThat(session.classify(failure)).isEqualTo(SqlFailure.POISON);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\": 4, \"a\": \"much too long\"}",
        "{\"id\": \"x\", \"a\": \"b\"}",
        "{\"id\": 1, \"a\": \"b\"}",
        "{\"id\": 4, \"a\": \"\\u0000\"}",
        "{\"id\": null, \"a\": \"b\"}",
        "{\"id\": 99999999999999999999, \"a\": \"b\"}"
      })
  void theFaultOfOneMessageIsFoundAmongOthers(String body) throws Exception {
    List<StatementTemplate> insert = statements(PLAIN);
    try (JdbcSession session = database.openLocal()) {
      session.executeUndoably(insert, messages("{\"id\": 9}"), false);
      session.commit(); // the types are known, and the next transaction begins with its rows
      Exception failure =
          catchThrowableOfType(
              Exception.class,
              () ->
                  session.executeUndoably(
                      insert, messages("{\"id\": 1}", "{\"id\": 2}", body), false));
      assertThat(failure).isNotNull();
      if (failure instanceof SQLException refused) {
        assertThat(session.classify(refused)).isEqualTo(SqlFailure.POISON);
      }
      session.rollbackToSavepoint();
      session.executeUndoably(insert, messages("{\"id\": 1}", "{\"id\": 2}"), false);
      session.commit();
    }
    assertThat(query(database, "SELECT id FROM r ORDER BY n")).isEqualTo("9,1,2");
  }

  @Test
  void whatWasDoneBeforeInTheTransactionStaysWhereRowsAreUndone() throws Exception {
    List<StatementTemplate> insert = statements(PLAIN);
    try (JdbcSession session = database.openLocal()) {
      session.executeUndoably(insert, messages("{\"id\": 9}"), false);
      session.rollback();
      session.execute(insert, messages("{\"id\": 1}"));
      SQLException failure =
          catchThrowableOfType(
              SQLException.class,
              () -> session.executeUndoably(insert, messages("{\"id\": 2}", "{\"id\": 1}"), false));
      assertThat(session.classify(failure)).isEqualTo(SqlFailure.POISON);
      session.rollbackToSavepoint();
      session.executeUndoably(insert, messages("{\"id\": 3}", "{\"id\": 4}"), false);
      assertThat(
              catchThrowableOfType(
                      SQLException.class,
                      () -> session.executeUndoably(insert, messages("{\"id\": 4}"), false))
                  .getSQLState())
          .isEqualTo("23505");
      session.rollbackToSavepoint();
      session.commit();
    }
    assertThat(query(database, "SELECT id FROM r ORDER BY n")).isEqualTo("1,3,4");
  }

  @Test
  void textsAreStoredAsTheyAre() throws Exception {
    run(database, "CREATE TABLE told (n SERIAL, t TEXT, j JSONB, b BYTEA, f FLOAT8, w INT8)");
    try (JdbcSession session = database.openLocal()) {
      session.executeUndoably(
          statements("INSERT INTO told(t, j, b, f) VALUES (:t, :j, :b, :f)"),
          messages(
              "{\"t\": \"\\\"{a,b}\\\\\\\"\", \"j\": {\"k\": \"\\\"\\\\\"}, \"b\": \"\\\\x00ff\", \"f\": 1.5e3}",
              "{\"t\": \"NULL\", \"j\": null, \"b\": \"a\", \"f\": -0.25}",
              "{\"t\": \"\", \"j\": [], \"f\": 7}",
              "{\"t\": \" two\\nlines, 😀 \", \"j\": \"x\"}",
              "{\"t\": 12.50}",
              "{\"t\": {\"a\": [1, \"b\"]}}"),
          false);
      session.commit();
    }
    assertThat(query(database, "SELECT coalesce(t, '-') FROM told ORDER BY n"))
        .isEqualTo("\"{a,b}\\\",NULL,, two\nlines, 😀 ,12.50,{\"a\":[1,\"b\"]}");
    assertThat(query(database, "SELECT coalesce(j::text, '-') FROM told ORDER BY n"))
        .isEqualTo("{\"k\": \"\\\"\\\\\"},-,[],\"x\",-,-");
    assertThat(query(database, "SELECT coalesce(b::text, '-') FROM told ORDER BY n"))
        .isEqualTo("\\x00ff,\\x61,-,-,-,-");
    assertThat(query(database, "SELECT coalesce(f::text, '-') FROM told ORDER BY n"))
        .isEqualTo("1500,-0.25,7,-,-,-");
  }

  @Test
  void wholeNumbersMayBeGivenAsTextAmongOthers() throws Exception {
    for (String second : List.of("2", "\"2\"", "2.0")) {
      try (JdbcSession session = database.openLocal()) {
        session.executeUndoably(
            statements(PLAIN),
            messages(
                "{\"id\": 1, \"a\": true}",
                "{\"id\": %s, \"a\": 7}".formatted(second),
                "{\"id\": -9223372036854775808, \"a\": \"x\"}"),
            false);
        session.commit();
      }
      assertThat(query(database, "SELECT id || a FROM r ORDER BY n"))
          .isEqualTo("1true,27,-9223372036854775808x");
      run(database, "DELETE FROM r");
    }
  }
}

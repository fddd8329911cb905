package io.handfast.database;

import static io.handfast.database.Units.messages;
import static io.handfast.database.Units.query;
import static io.handfast.database.Units.run;
import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of messages in the columns of PostgreSQL. */
class PostgresValuesTest {

  private final JdbcDatabase database = new JdbcDatabase("database", PostgresServer.settings());

  @BeforeAll
  static void createDomains() throws Exception {
    run(
        new JdbcDatabase("database", PostgresServer.settings()),
        "CREATE DOMAIN amount AS NUMERIC(10, 2)",
        "CREATE DOMAIN amounts AS amount",
        "CREATE DOMAIN document AS JSONB",
        "CREATE DOMAIN whole AS INT CHECK (value > 0)",
        "CREATE DOMAIN stamp AS TIMESTAMPTZ");
  }

  @Test
  void textTakesTheTypeOfItsColumn() throws Exception {
    run(
        database,
        "CREATE TABLE typed (d DATE, u UUID, j JSONB, n NUMERIC(10, 2), i INT, b BOOLEAN,"
            + " at TIMESTAMPTZ, w TEXT)");
    try (JdbcSession session = database.openLocal()) {
      session.execute(
          statements("INSERT INTO typed VALUES (:d, :u, :j, :n, :i, :b, :at, :w::date::text)"),
          messages(
              """
              {"d": "2026-02-28", "u": "7f3a4b1c-0000-4000-8000-000000000001", "j": {"k": [1.50]},
               "n": "12.34", "i": "7", "b": "true", "at": "2026-02-28T12:00:00Z", "w": "2026-03-01"}
              """,
              "{\"n\": 12.34, \"i\": 8, \"b\": false, \"j\": []}"));
      session.commit();
    }
    assertThat(query(database, "SELECT concat_ws(' ', d, u, j, n, i, b, w) FROM typed ORDER BY i"))
        .isEqualTo(
            "2026-02-28 7f3a4b1c-0000-4000-8000-000000000001 {\"k\": [1.50]} 12.34 7 t 2026-03-01,"
                + "[] 12.34 8 f");
    run(database, "DROP TABLE typed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "NUMERIC(10, 2)|1.250|1.25",
        "NUMERIC(10, 2)|1.255|",
        "NUMERIC(10, 2)|\"1.255\"|",
        "NUMERIC(10, 2)|\"1.5\"|1.50",
        "NUMERIC(3, -2)|1200|1200",
        "NUMERIC(3, -2)|1234|",
        "MONEY|1.5|$1.50",
        "MONEY|1.255|",
        "MONEY|\"1.255\"|",
        "BYTEA|\"\\\\x6869\"|\\x6869",
        "BYTEA|{\"a\":\"\\\\\"}|",
        "BYTEA|true|",
        "BYTEA|5|",
        "DATE|true|",
        "UUID|[1]|",
        "BOOLEAN|true|true",
        "BOOLEAN|1|",
        "BOOLEAN|[]|",
        "amount|1.25|1.25",
        "amount|1.255|",
        "amount|\"1.255\"|",
        "amounts|1.255|",
        "document|\"123\"|\"123\"",
        "document|\"abc\"|\"abc\"",
        "document|[1.50]|[1.50]",
        "whole|2.0|2",
        "whole|2.5|",
        "stamp|5|",
        "TEXT|\"a\\ud800\"|",
        "JSONB|\"\\udc00\"|",
        "JSONB|{\"a\":\"\\ud800\"}|",
        "TEXT|\"\\ud83d\\ude00\"|\ud83d\ude00"
      })
  void aValueGoesToItsColumnExactlyOrFailsItsMessage(String type, String json, String stored)
      throws Exception {
    run(database, "CREATE TABLE typed (v %s)".formatted(type));
    List<StatementTemplate> insert = statements("INSERT INTO typed VALUES (:v)");
    try (JdbcSession session = database.openLocal()) {
      if (stored == null) {
        assertThatThrownBy(() -> session.execute(insert, messages("{\"v\":%s}".formatted(json))))
            .isInstanceOf(PoisonException.class);
        session.rollback();
      } else {
        session.execute(insert, messages("{\"v\":%s}".formatted(json)));
        session.commit();
        assertThat(query(database, "SELECT v::text FROM typed")).isEqualTo(stored);
      }
    } finally {
      run(database, "DROP TABLE typed");
    }
  }

  @Test
  void textToJsonIsAJsonStringAndTheBodyIsTheDocument() throws Exception {
    run(database, "CREATE TABLE documents (n SERIAL, b JSONB, j JSON, w TEXT)");
    try (JdbcSession session = database.openLocal()) {
      session.execute(
          statements("INSERT INTO documents(b, j, w) VALUES (:v, :v, :v)"),
          messages(
              "{\"v\": \"123\"}",
              "{\"v\": \"a\\\"b\"}",
              "{\"v\": 12.50}",
              "{\"v\": true}",
              "{\"v\": {\"k\": [1]}}",
              "{}"));
      session.execute(
          statements("INSERT INTO documents(b, j, w) VALUES (:message.body, :message.id, :v)"),
          messages("{\"v\": 1e2}"));
      session.commit();
    }
    assertThat(query(database, "SELECT concat_ws(' ', b, j, w) FROM documents ORDER BY n"))
        .isEqualTo(
            "\"123\" \"123\" 123,\"a\\\"b\" \"a\\\"b\" a\"b,12.50 12.50 12.50,true true true,"
                + "{\"k\": [1]} {\"k\":[1]} {\"k\":[1]},,{\"v\": 100} \"id-1\" 100");
    run(database, "DROP TABLE documents");
  }

  @Test
  void aNumberThatWouldBeRoundedToTheScaleOfItsColumnFails() throws Exception {
    run(database, "CREATE TABLE prices (id INT, p NUMERIC(10, 2), q NUMERIC)");
    List<StatementTemplate> insert = statements("INSERT INTO prices VALUES (:id, :p, :q)");
    List<StatementTemplate> update = statements("UPDATE prices SET p = :p WHERE id = :id");
    try (JdbcSession session = database.openLocal()) {
      session.executeUndoably(insert, messages("{\"id\": 1, \"p\": 1.500, \"q\": 1.555}"), false);
      for (List<StatementTemplate> rounding : List.of(insert, update)) {
        assertThatThrownBy(
                () ->
                    session.executeUndoably(rounding, messages("{\"id\": 1, \"p\": 1.555}"), false))
            .isInstanceOf(PoisonException.class)
            .hasMessageContaining("1.555 of :p does not fit the type numeric(10, 2)");
        session.rollbackToSavepoint();
      }
      session.commit();
    }
    assertThat(query(database, "SELECT concat_ws(' ', id, p, q) FROM prices"))
        .isEqualTo("1 1.50 1.555");
    run(database, "DROP TABLE prices");
  }
}

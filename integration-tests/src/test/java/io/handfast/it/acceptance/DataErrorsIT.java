package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL refuses, and whose fault that is: a message's, the schema's or a statement's. */
class DataErrorsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension
  static final SharedNode shared =
      new SharedNode(configuration -> configuration.set("handfast.client-sql", true));

  private Wire wire;
  private Database database;
  private Broker broker;
  private String queue;
  private String table;

  @BeforeEach
  void table() throws Exception {
    wire = shared.wire();
    database = shared.database();
    broker = shared.artemis().address();
    queue = shared.unique() + ".q";
    table = shared.unique();
    database.execute("CREATE TABLE " + table + "(id BIGINT, v TEXT)");
  }

  private DeliverySpec delivery(String... statements) {
    DeliverySpec delivery = DeliverySpec.fromQueue(queue).consumers(1).retry(2, "PT0.2S");
    List.of(statements).forEach(delivery::statement);
    return delivery;
  }

  private DeliverySpec insert() {
    return delivery("INSERT INTO %s VALUES (:id, :v)".formatted(table));
  }

  private void put(DeliverySpec delivery) {
    Answer answer = wire.putDelivery(table, delivery);
    assertThat(answer.status()).as(answer.text()).isIn(200, 201);
  }

  private void send(String... bodies) throws Exception {
    broker.send(queue, List.of(bodies));
  }

  private static String message(int id, String json) {
    return "{\"id\":%d,\"v\":%s}".formatted(id, json);
  }

  private void awaitRows(String... ids) {
    within(
        PATIENCE,
        () ->
            assertThat(database.values("SELECT id FROM " + table + " ORDER BY id"))
                .containsExactly(ids));
  }

  private List<String> dead() throws Exception {
    return broker.browse(queue + ".dead").stream().map(QueuedMessage::body).toList();
  }

  private void awaitDead(String... bodies) {
    within(PATIENCE, () -> assertThat(dead()).containsExactlyInAnyOrder(bodies));
  }

  private void awaitLastError(String part) {
    within(
        PATIENCE,
        () -> assertThat(wire.delivery(table).json().path("lastError").asText()).contains(part));
  }

  private void refuseBad(String state) throws Exception {
    database.execute(
        """
        CREATE FUNCTION refuse_%1$s() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.v = 'bad' THEN RAISE EXCEPTION 'refused' USING ERRCODE = '%2$s'; END IF;
          RETURN NEW;
        END $$"""
            .formatted(table, state),
        "CREATE TRIGGER refuse BEFORE INSERT ON %1$s FOR EACH ROW EXECUTE FUNCTION refuse_%1$s()"
            .formatted(table));
  }

  /** 42601 is what ltree says about {@code a..b}, 42501 a policy, XX000 an extension. */
  @ParameterizedTest
  @CsvSource({
    "42601,100",
    "42501,1",
    "XX000,100",
    "55000,1",
    "57014,100",
    "0A000,1",
    "08006,100",
    "28000,1",
    "HV00N,1"
  })
  void oneMessageIsRefusedInTheWordsOfTheSchemaAndTheOthersGoOn(String state, int batch)
      throws Exception {
    refuseBad(state);
    send(message(1, "\"a\""), message(2, "\"bad\""), message(3, "\"bad\""), message(4, "\"b\""));

    put(insert().batch(batch));

    awaitRows("1", "4");
    awaitDead(message(2, "\"bad\""), message(3, "\"bad\""));
  }

  /** ltree says so with 42601, a failure of the schema's; hstore with 42601 or 22P02. */
  @ParameterizedTest
  @CsvSource({"ltree,a.b,a..b", "hstore,a=>1,a=>"})
  void aTypeOfAnExtensionRefusesOneRow(String type, String good, String bad) throws Exception {
    database.execute(
        "CREATE EXTENSION IF NOT EXISTS " + type,
        "ALTER TABLE %s ALTER COLUMN v TYPE %s USING v::%2$s".formatted(table, type));
    String refused = message(2, "\"" + bad + "\"");
    put(insert().batch(1));

    send(message(1, "\"" + good + "\""), refused, message(3, "\"" + good + "\""));

    awaitRows("1", "3");
    awaitDead(refused);
  }

  @Test
  void aPolicyRefusesOneRow() throws Exception {
    database.execute(
        "CREATE ROLE " + table + "_role",
        "GRANT ALL ON %1$s TO %1$s_role".formatted(table),
        "ALTER TABLE %s ENABLE ROW LEVEL SECURITY".formatted(table),
        "CREATE POLICY p ON %s USING (true) WITH CHECK (v <> 'bad')".formatted(table),
        "CREATE FUNCTION put_%1$s(bigint, text) RETURNS void SECURITY DEFINER LANGUAGE sql AS 'INSERT INTO %1$s VALUES ($1, $2)'"
            .formatted(table),
        "ALTER FUNCTION put_%1$s OWNER TO %1$s_role".formatted(table));
    send(message(1, "\"bad\""), message(2, "\"a\""));

    put(delivery("SELECT put_%s(:id, :v)".formatted(table)).batch(1));

    awaitRows("2");
    awaitDead(message(1, "\"bad\""));
  }

  @Test
  void aLoneMessageIsReportedAndTriedAgainUntilAnotherOneShowsWhoseFaultItIs() throws Exception {
    refuseBad("42501");
    put(insert());
    send(message(1, "\"bad\""));

    awaitLastError("no other message has gone through");
    assertThat(dead()).isEmpty();
    send(message(2, "\"a\""));

    awaitRows("2");
    awaitDead(message(1, "\"bad\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ALTER TABLE %1$s RENAME TO %1$s_away", "ALTER TABLE %1$s DROP COLUMN v"})
  void aSchemaThatIsChangedEmptiesNoQueueIntoTheDeadLetters(String change) throws Exception {
    put(insert().batch(4));
    send(message(0, "\"a\""));
    awaitRows("0");

    database.execute(change.formatted(table));
    for (int id = 1; id <= 20; id++) {
      send(message(id, "\"a\""));
    }

    awaitLastError("no other message has gone through");
    within(
        PATIENCE,
        () ->
            assertThat(wire.delivery(table).json().at("/counters/rolledBack").asInt())
                .isGreaterThan(20));
    assertThat(dead()).isEmpty();
    database.execute(
        change.contains("RENAME")
            ? "ALTER TABLE %1$s_away RENAME TO %1$s".formatted(table)
            : "ALTER TABLE %s ADD COLUMN v TEXT".formatted(table));
    awaitRows(IntStream.rangeClosed(0, 20).mapToObj(Integer::toString).toArray(String[]::new));
    assertThat(dead()).isEmpty();
  }

  @Test
  void aDeferredConstraintFindsOneBadMessageAmongThirtyTwo() throws Exception {
    database.execute(
        "CREATE TABLE %s_parent(id BIGINT PRIMARY KEY)".formatted(table),
        "ALTER TABLE %1$s ADD FOREIGN KEY (id) REFERENCES %1$s_parent DEFERRABLE INITIALLY DEFERRED"
            .formatted(table));
    List<String> bodies = new ArrayList<>();
    for (int id = 1; id <= 32; id++) {
      bodies.add("{\"id\":%d,\"parent\":%d}".formatted(id, id == 7 ? 100 : id));
    }
    broker.send(queue, bodies);

    put(
        delivery(
            "INSERT INTO %s VALUES (:id, 'x')".formatted(table),
            "INSERT INTO %s_parent VALUES (:parent)".formatted(table)));

    awaitRows(
        IntStream.rangeClosed(1, 32)
            .filter(id -> id != 7)
            .mapToObj(Integer::toString)
            .toArray(String[]::new));
    awaitDead(bodies.get(6));
  }

  @Test
  void workThatCannotBePreparedFailsTheDeliveryAndNamesTheProtocolThatHelps() throws Exception {
    database.execute(
        """
        CREATE FUNCTION notify_%1$s() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_notify(''x'', ''y''); RETURN NEW; END'"""
            .formatted(table),
        "CREATE TRIGGER n AFTER INSERT ON %1$s FOR EACH ROW EXECUTE FUNCTION notify_%1$s()"
            .formatted(table));
    send(message(1, "\"a\""));

    put(insert());

    within(
        PATIENCE,
        () -> {
          JsonNode delivery = wire.delivery(table).json();
          assertThat(delivery.path("state").asText()).isEqualTo("failed");
          assertThat(delivery.path("lastError").asText()).contains("NOTIFY", "local-commit");
        });
    String transaction = begin();
    assertThat(run(transaction, "INSERT INTO %s VALUES (9, 'c')".formatted(table)).status())
        .isEqualTo(200);
    for (String body : List.of("\"half \\ud800\"", "{\"v\":[\"\\udc00\"]}")) {
      assertThat(wire.sendInside(transaction, queue + ".other", body).problem())
          .isEqualTo("invalid-request");
    }
    assertThat(wire.sendInside(transaction, queue + ".other", "{}").status()).isEqualTo(201);
    Answer refused = wire.commit(transaction);
    assertThat(refused.problem()).as(refused.text()).isEqualTo("cannot-prepare");
    assertThat(refused.json().path("retry").asText()).isEqualTo("never");
    assertThat(refused.json().path("detail").asText()).contains("NOTIFY");

    put(insert().under("local-commit"));
    awaitRows("1");
  }

  private String begin() {
    return wire.begin().json().path("id").asText();
  }

  private Answer run(String transaction, String sql) {
    return wire.run(transaction, "{\"sql\":\"%s\"}".formatted(sql));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PREPARE TRANSACTION 'by-a-client'",
        "COMMIT AND CHAIN",
        "/* x */ prepare /* y */ transaction 'by-a-client'",
        "DO 'BEGIN COMMIT; END'",
        "COPY %s FROM STDIN",
        "COPY %s TO STDOUT"
      })
  void aStatementThatWouldEndTheTransactionOrWaitForAStreamIsRefusedAtOnce(String sql)
      throws Exception {
    String transaction = begin();
    assertThat(run(transaction, "INSERT INTO %s VALUES (1, 'x')".formatted(table)).status())
        .isEqualTo(200);

    Answer refused = run(transaction, sql.formatted(table));

    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(database.values("SELECT gid FROM pg_prepared_xacts WHERE gid = 'by-a-client'"))
        .isEmpty();
    Answer asSink = wire.putDelivery(table, delivery(sql.formatted(table)));
    if (!sql.startsWith("DO")) {
      assertThat(asSink.problem()).as(asSink.text()).isEqualTo("invalid-delivery");
    }
    assertThat(run(transaction, "SET TRANSACTION READ WRITE").status()).isEqualTo(200);
    assertThat(wire.commit(transaction).status()).isEqualTo(200);
    awaitRows("1");
  }

  @Test
  void valuesGoWhereTheStatementAsksForThemOrFailTheirMessage() throws Exception {
    database.execute(
        "ALTER TABLE %s ADD COLUMN j JSONB, ADD COLUMN n INT, ADD COLUMN at TIMESTAMP"
            .formatted(table),
        "CREATE FUNCTION put_%1$s(bigint, int, jsonb) RETURNS void LANGUAGE sql AS 'INSERT INTO %1$s(id, n, j) VALUES ($1, $2, $3)'"
            .formatted(table));
    put(delivery("SELECT put_%s(:id, :n, :j)".formatted(table)));
    send(
        "{\"id\":1,\"n\":5,\"j\":\"123\"}",
        "{\"id\":2,\"n\":2.0,\"j\":\"abc\"}",
        "{\"id\":3,\"n\":1.5,\"j\":1}",
        "{\"id\":4,\"n\":null,\"j\":[1.50]}",
        "{\"id\":5,\"n\":3000000000}",
        "{\"id\":6,\"j\":\"half \\ud800\"}");

    awaitRows("1", "2", "4");
    awaitDead(
        "{\"id\":3,\"n\":1.5,\"j\":1}",
        "{\"id\":5,\"n\":3000000000}",
        "{\"id\":6,\"j\":\"half \\ud800\"}");
    assertThat(database.values("SELECT concat_ws(' ', n, j) FROM %s ORDER BY id".formatted(table)))
        .containsExactly("5 \"123\"", "2 \"abc\"", "[1.50]");
    String transaction = begin();
    Answer inserted =
        wire.run(
            transaction,
            "{\"sql\":\"INSERT INTO %s(id, j, at) VALUES (:id, :j, :at)\",\"parameters\":[{\"id\":9,\"j\":\"1\",\"at\":\"2026-03-29T02:30:00+02:00\"}]}"
                .formatted(table));
    assertThat(inserted.status()).as(inserted.text()).isEqualTo(200);
    assertThat(wire.commit(transaction).status()).isEqualTo(200);
    assertThat(
            database.values("SELECT concat_ws(' ', j, at) FROM %s WHERE id = 9".formatted(table)))
        .containsExactly("\"1\" 2026-03-29 02:30:00");
  }

  @Test
  void aStatementThatChangesNoRowFailsItsMessageWhereRowsAreExpected() throws Exception {
    database.execute("INSERT INTO %s VALUES (1, 'old'), (2, 'old')".formatted(table));
    DeliverySpec update = delivery("UPDATE %s SET v = :v WHERE id = :id".formatted(table));
    put(update.expectRows());
    assertThat(wire.delivery(table).json().at("/sink/expectRows").asBoolean()).isTrue();
    send(message(1, "\"new\""), message(7, "\"new\""), message(2, "\"new\""));

    awaitDead(message(7, "\"new\""));
    within(
        PATIENCE,
        () -> assertThat(database.values("SELECT v FROM " + table)).containsExactly("new", "new"));
    assertThat(broker.browse(queue + ".dead").get(0).toString()).contains("changed no row");
  }
}

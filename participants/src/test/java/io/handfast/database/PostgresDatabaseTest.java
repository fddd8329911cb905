package io.handfast.database;

import static io.handfast.database.Units.branch;
import static io.handfast.database.Units.messages;
import static io.handfast.database.Units.query;
import static io.handfast.database.Units.run;
import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.participant.BranchText;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.UnpreparableException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresDatabaseTest extends DatabaseScenarios {

  private static final String UNIQUE_VIOLATION = "23505";

  @Override
  JdbcDatabase open() {
    String url = PostgresServer.settings().url() + "&options=-c%20lock_timeout=500ms";
    return new JdbcDatabase("database", new DatabaseSettings(url, null, null));
  }

  /** H2 knows no release of a savepoint, and refuses such statements when they are declared. */
  @Test
  void aUnitWhoseTransactionWasEndedByAStatementIsNotWritten() throws Exception {
    database().createMarker();
    try (JdbcSession session = (JdbcSession) database().openLocal()) {
      Marker.Slot slot =
          session.marker().open(new Marker.Place("n", "d", "o", ""), Duration.ofMinutes(1));
      session.savepoint();
      session.jdbc().commit();

      assertThatThrownBy(() -> session.marker().write(slot, "", "u1"))
          .isInstanceOf(TransactionLeftException.class)
          .hasMessageContaining("has ended the database's transaction by itself");
    }
  }

  @Test
  void aMarkerSaysWhetherItIsInTheDatabaseThatItWasMadeIn() throws Exception {
    Duration limit = Duration.ofSeconds(30);
    try (Connection outside = DriverManager.getConnection(PostgresServer.settings().url())) {
      outside.createStatement().execute("CREATE DATABASE made");
      JdbcDatabase made = new JdbcDatabase("made", PostgresServer.settings("made"));
      assertThat(made.markerOrigin()).isEmpty();
      made.createMarker();
      made.createMarker();
      assertThat(made.markerOrigin())
          .hasValueSatisfying(
              origin -> {
                assertThat(origin.recorded()).matches("\\d+/\\d+").isEqualTo(origin.present());
                assertThat(origin.isForeign()).isFalse();
              });

      outside.createStatement().execute("CREATE DATABASE copied TEMPLATE made");
      JdbcDatabase copied = new JdbcDatabase("copied", PostgresServer.settings("copied"));

      assertThat(copied.markerOrigin().map(Marker.Origin::isForeign)).contains(true);
      copied.define("UPDATE handfast_marker_table SET origin = NULL", limit);
      assertThat(copied.markerOrigin().map(Marker.Origin::isForeign)).contains(false);
    }
  }

  /** Two find the table empty, and the row of one is there before that of the other. */
  @Test
  void aMarkerThatOthersMakeAtThisMomentIsMadeOnce() throws Exception {
    try (Connection outside = DriverManager.getConnection(PostgresServer.settings().url())) {
      outside.createStatement().execute("CREATE DATABASE shared");
      JdbcDatabase shared = new JdbcDatabase("shared", PostgresServer.settings("shared"));
      shared.createMarker();
      shared.define("DELETE FROM handfast_marker_table", Duration.ofSeconds(30));
      try (JdbcSession other = shared.openLocal();
          Statement insert = other.jdbc().createStatement()) {
        insert.execute("INSERT INTO handfast_marker_table VALUES (1, 'other', NULL)");
        CompletableFuture<Void> made =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    shared.createMarker();
                  } catch (SQLException e) {
                    throw new CompletionException(e);
                  }
                });
        awaitWaiting(outside, "shared");
        other.commit();
        made.get(30, TimeUnit.SECONDS);
        assertThat(other.marker().table()).contains("other");
      }
    }
  }

  private static void awaitWaiting(Connection from, String database) throws Exception {
    String waiting =
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '%s'"
            .formatted(database);
    boolean isWaiting = false;
    for (int look = 0; look < 300 && !isWaiting; look++) {
      try (Statement ask = from.createStatement()) {
        isWaiting = ask.executeQuery(waiting).next();
      }
      Thread.sleep(isWaiting ? 0 : 20);
    }
    assertThat(isWaiting).isTrue();
  }

  @Test
  void whereRowsAreExpectedOnlyWhatIsThereToChangeThemFails() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      for (String sql :
          List.of(
              "SET LOCAL my.setting = 'x'",
              "SELECT 1 WHERE false",
              "DO 'BEGIN END'",
              "CREATE TEMP TABLE none(i INT)",
              "INSERT INTO t VALUES (9, 'x') RETURNING id")) {
        session.executeUndoably(statements(sql), messages("{}"), true);
      }
      for (String sql :
          List.of(
              "UPDATE t SET a = 'y' WHERE id = 1",
              "UPDATE t SET a = 'y' WHERE id = 1 RETURNING id",
              "DELETE FROM t WHERE id = 1 RETURNING id",
              "WITH x AS (SELECT 1 AS id) UPDATE t SET a = 'y' FROM x WHERE t.id = x.id RETURNING t.id")) {
        assertThatThrownBy(() -> session.executeUndoably(statements(sql), messages("{}"), true))
            .as(sql)
            .hasMessageContaining("changed no row");
        session.rollbackToSavepoint();
        assertThatThrownBy(
                () -> session.executeUndoably(statements(sql), messages("{}", "{}"), true))
            .as(sql)
            .hasMessageContaining("changed no row");
        session.rollbackToSavepoint();
      }
      session.rollback();
    }
  }

  @Test
  void branchesOfEveryRoleAreListedAndTheListSaysWhoseTheyAre() throws Exception {
    run(
        database,
        "CREATE ROLE app_a LOGIN",
        "CREATE ROLE app_b LOGIN",
        "GRANT ALL ON t TO app_a, app_b");
    JdbcDatabase asA = as("app_a");
    JdbcDatabase asB = as("app_b");
    Xid branch = branch("of app_a");
    String preparedAt;
    try (JdbcSession session = asA.openXa()) {
      preparedAt = session.xaResource().identity();
      session.xaResource().start(branch, XAResource.TMNOFLAGS);
      session.execute(statements("INSERT INTO t VALUES (:id, 'a', 1)"), messages("{\"id\": 1}"));
      session.xaResource().end(branch, XAResource.TMSUCCESS);
      session.xaResource().prepare(branch);
    }

    try (RecoverySession session = asB.openForRecovery()) {
      assertThat(session.preparedBranches())
          .extracting(BranchText::of)
          .contains(BranchText.of(branch));
      assertThat(preparedAt).matches("\\d+/\\d+");
      assertThat(session.scope().isProofFor(preparedAt)).isTrue();
      assertThatThrownBy(() -> session.commit(branch)).isInstanceOf(XAException.class);
    }
    create("CREATE DATABASE beside");
    try (RecoverySession session =
        new JdbcDatabase("database", PostgresServer.settings("beside")).openForRecovery()) {
      assertThat(session.scope().isProofFor(preparedAt)).as("another database").isFalse();
    }
    try (RecoverySession session = asA.openForRecovery()) {
      session.commit(branch);
      assertThat(session.preparedBranches()).isEmpty();
    }
    assertThat(ids()).isEqualTo("1");
    create("DROP DATABASE beside");
    run(database, "DROP OWNED BY app_a, app_b", "DROP ROLE app_a, app_b");
  }

  private static void create(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(PostgresServer.settings().url());
        Statement statement = connection.createStatement()) {
      statement.execute(sql); // outside of any transaction
    }
  }

  private static JdbcDatabase as(String user) {
    String url = PostgresServer.settings().url().replaceAll("[?&]user=[^&]*", "");
    return new JdbcDatabase("database", new DatabaseSettings(url, user, null));
  }

  @Test
  void aFunctionTakesTheTypesThatItWasCheckedWith() throws Exception {
    run(
        database,
        "CREATE FUNCTION put(bigint, int) RETURNS bigint LANGUAGE sql AS"
            + " 'INSERT INTO t VALUES ($1, ''a'', $2) RETURNING id'");
    List<StatementTemplate> call = statements("SELECT put(:id, :v)");
    assertThat(database.verify(call)).isEmpty();
    try (JdbcSession session = database.openLocal()) {
      session.executeUndoably(call, messages("{\"id\": 1, \"v\": 2}"), false);
      session.executeUndoably(
          call, messages("{\"id\": 2, \"v\": 2}", "{\"id\": 3, \"v\": null}"), false);
      session.commit();
    }
    assertThat(ids()).isEqualTo("1,2,3");
    run(database, "DROP FUNCTION put");
  }

  @Test
  void deferredConstraintsStayDeferredAfterEachCheck() throws Exception {
    run(
        database,
        "CREATE TABLE parent (id BIGINT PRIMARY KEY)",
        "CREATE TABLE child (id BIGINT REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
    List<StatementTemplate> childFirst =
        statements("INSERT INTO child VALUES (:id)", "INSERT INTO parent VALUES (:parent)");
    try (JdbcSession session = database.openLocal()) {
      for (int id = 1; id <= 4; id++) {
        String good = "{\"id\": %1$d, \"parent\": %1$d}".formatted(id);
        String bad = "{\"id\": %d, \"parent\": %d}".formatted(id + 10, id + 20);
        session.executeUndoably(childFirst, messages(good), false);
        assertThatThrownBy(() -> session.executeUndoably(childFirst, messages(bad), false))
            .isInstanceOf(SQLException.class);
        session.rollbackToSavepoint();
      }
      session.commit();
    }
    assertThat(query(database, "SELECT id FROM child ORDER BY id")).isEqualTo("1,2,3,4");
    run(database, "DROP TABLE child, parent");
  }

  @Test
  void workThatIsNeverPreparedIsToldFromAnOutage() throws Exception {
    try (JdbcSession session = database.openXa()) {
      session.xaResource().start(branch("n"), XAResource.TMNOFLAGS);
      session.execute(
          statements("INSERT INTO t SELECT 1, 'a', 0 FROM pg_notify('x', :p)"),
          messages("{\"p\": \"y\"}"));
      session.xaResource().end(branch("n"), XAResource.TMSUCCESS);

      assertThatThrownBy(() -> session.xaResource().prepare(branch("n")))
          .isInstanceOf(UnpreparableException.class)
          .hasMessageContaining("NOTIFY");
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void aStatementThatEndsTheTransactionIsSeenWhateverItsName() throws Exception {
    QueryLimits limits = new QueryLimits(10, Duration.ofSeconds(5));
    try (JdbcSession session = database.openXa()) {
      session.xaResource().start(branch("l"), XAResource.TMNOFLAGS);
      session.savepoint();
      session.query(
          statements("SET LOCAL work_mem = '1MB'").get(0), messages("{}"), List.of(), limits);
      session.savepoint();
      session.jdbc().createStatement().execute("ROLLBACK AND CHAIN"); // as a statement would

      assertThatThrownBy(
              () ->
                  session.query(
                      statements("DO 'BEGIN END'").get(0), messages("{}"), List.of(), limits))
          .isInstanceOf(TransactionLeftException.class);
      assertThat(session.isUsable()).isFalse();
      session.xaResource().end(branch("l"), XAResource.TMSUCCESS);
      assertThatThrownBy(() -> session.xaResource().prepare(branch("l")))
          .isInstanceOf(XAException.class);
    }
  }

  @Test
  void theInboxIsInItsSchemaAndMissingRightsAreToldAtTheStart() throws Exception {
    run(
        database,
        "CREATE ROLE owner_a LOGIN",
        "CREATE ROLE guest_b LOGIN",
        "CREATE SCHEMA \"A's\" AUTHORIZATION owner_a",
        "CREATE SCHEMA b AUTHORIZATION guest_b",
        "GRANT USAGE ON SCHEMA \"A's\" TO guest_b");
    in("owner_a", "A's").createInbox();
    try (JdbcSession session = in("owner_a", "A's").openLocal()) {
      assertThat(session.inbox("d").record(List.of("m-1"), Inbox.Terms.UNTIL_REMOVED)).isEmpty();
      session.commit();
    }
    assertThat(in("owner_a", "A's").inboxOf("d")).containsExactly("m-1");
    JdbcDatabase guest = in("guest_b", "A's");
    assertThatThrownBy(() -> guest.createInbox())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(guest.dialect().isForbidden(e)).isTrue());
    assertThatThrownBy(() -> guest.inboxOf("d"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(guest.dialect().isForbidden(e)).isTrue());
    in("guest_b", "b").createInbox();
    assertThat(in("guest_b", "b").inboxOf("d")).isEmpty();
    run(database, "DROP OWNED BY owner_a, guest_b", "DROP ROLE owner_a, guest_b");
  }

  @Test
  void anInboxOfTheFirstReleaseIsUpgradedByItsOwner() throws Exception {
    String firstRelease =
        "CREATE TABLE handfast_inbox(delivery VARCHAR(64) NOT NULL, message_id VARCHAR(512) NOT NULL,"
            + " PRIMARY KEY (delivery, message_id))";
    run(
        database,
        "DROP TABLE handfast_inbox",
        firstRelease,
        "INSERT INTO handfast_inbox VALUES ('d', 'm-1')",
        "CREATE ROLE guest_c LOGIN",
        "GRANT SELECT, INSERT, DELETE ON handfast_inbox TO guest_c");
    assertThat(database.inboxOf("d")).containsExactly("m-1");
    JdbcDatabase guest = as("guest_c");

    assertThatThrownBy(guest::createInbox)
        .hasMessageContaining("must be owner of table handfast_inbox")
        .hasMessageContaining(
            "its owner has to run: ALTER TABLE handfast_inbox ADD COLUMN gone_at TIMESTAMP WITH TIME ZONE; CREATE INDEX")
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(guest.dialect().isForbidden(e)).isTrue());
    database.createInbox();
    guest.createInbox();

    assertThat(guest.inboxOf("d")).containsExactly("m-1");
    assertThat(
            query(
                database,
                "SELECT indexname FROM pg_indexes WHERE tablename = 'handfast_inbox' ORDER BY 1"))
        .contains("handfast_inbox_gone");
    run(database, "DELETE FROM handfast_inbox", "DROP OWNED BY guest_c", "DROP ROLE guest_c");
  }

  private static JdbcDatabase in(String user, String schema) {
    return new JdbcDatabase(
        "database", new DatabaseSettings(as(user).settings().url(), user, null, schema));
  }

  @Test
  void questionMarksAreOperators() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      session.execute(
          statements("INSERT INTO t SELECT :id, 'a', 0 WHERE :j::jsonb ? :k"),
          messages(
              "{\"id\": 1, \"j\": {\"x\": 1}, \"k\": \"x\"}",
              "{\"id\": 2, \"j\": {\"x\": 1}, \"k\": \"y\"}"));
      session.commit();
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void aStatementThatTakesTooLongIsStoppedAndTheSessionGoesOn() throws Exception {
    QueryLimits aSecond = new QueryLimits(10, Duration.ofMillis(800));
    try (JdbcSession session = database.openLocal()) {
      session.execute(statements("INSERT INTO t VALUES (:id, 'a', 1)"), messages("{\"id\": 1}"));
      session.savepoint();

      assertThatThrownBy(
              () ->
                  session.query(
                      StatementTemplate.parse("SELECT pg_sleep(20)"),
                      messages("{}"),
                      List.of(),
                      aSecond))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));

      assertThat(session.isUsable()).isTrue();
      session.rollbackToSavepoint();
      session.commit();
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void twoMessagesOfABatchMayUpsertTheSameRow() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      session.execute(
          statements(
              "INSERT INTO t VALUES (:id, 'a', 1) ON CONFLICT (id) DO UPDATE SET n = t.n + 1"),
          messages("{\"id\": 1}", "{\"id\": 1}", "{\"id\": 1}"));
      session.commit();
    }
    assertThat(query(database, "SELECT n FROM t")).isEqualTo("3");
  }

  @Test
  void returningAndWithAreStatementsToo() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      session.execute(
          statements("INSERT INTO t VALUES (:id, 'a', 1) RETURNING id"),
          messages(bodies(50).toArray(String[]::new)));
      session.execute(
          statements("WITH gone AS (DELETE FROM t WHERE id = :id RETURNING id) SELECT * FROM gone"),
          messages(bodies(49).toArray(String[]::new)));
      session.commit();
    }
    assertThat(ids()).isEqualTo("49");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\": 1, \"a\": \"\\u0000\"}",
        "{\"id\": {}, \"a\": \"a\"}",
        "{\"id\": true, \"a\": \"a\"}",
      })
  void valuesThatPostgresCannotTakeArePoison(String body) throws Exception {
    assertThat(failure("INSERT INTO t VALUES (:id, :a, 0)", body)).isEqualTo(SqlFailure.POISON);
  }

  @Test
  void anOperatorForTheWrongTypeIsPoison() throws Exception {
    assertThat(failure("DELETE FROM t WHERE a = :a", "{\"a\": 1}")).isEqualTo(SqlFailure.POISON);
  }

  @Test
  void aKilledBackendIsInfrastructureAndEndsTheSession() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      insert(session, 1);
      kill(session);
      SQLException failure = catchThrowableOfType(SQLException.class, () -> insert(session, 2));
      assertThat(database.dialect().classify(failure)).isEqualTo(SqlFailure.INFRASTRUCTURE);
      assertThat(session.isUsable()).isFalse();
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void aBackendKilledAfterPrepareLeavesTheBranchToRecovery() throws Exception {
    try (JdbcSession session = database.openXa()) {
      prepare(session, branch("b1"), 1);
      kill(session);
      XAException failure =
          catchThrowableOfType(
              XAException.class, () -> session.xaResource().commit(branch("b1"), false));
      assertThat(failure.errorCode).isEqualTo(XAException.XA_HEURHAZ);
      assertThat(session.isUsable()).isFalse();
    }
    assertThat(prepared()).containsExactly(branch("b1"));
    try (var recovery = database.openForRecovery()) {
      recovery.commit(branch("b1"));
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void aDeadlockIsAConflictAndLeavesTheSessionUsable() throws Exception {
    try (JdbcSession first = database.openLocal();
        JdbcSession second = database.openLocal()) {
      insert(first, 1);
      insert(second, 2);
      CompletableFuture<SQLException> other =
          CompletableFuture.supplyAsync(
              () -> catchThrowableOfType(SQLException.class, () -> insert(first, 2)));
      SQLException mine = catchThrowableOfType(SQLException.class, () -> insert(second, 1));
      second.rollback();
      SQLException theirs = other.get(5, TimeUnit.SECONDS);
      SQLException failure = mine != null ? mine : theirs;
      assertThat(database.dialect().isConflict(failure)).isTrue();
      assertThat(database.dialect().classify(failure)).isEqualTo(SqlFailure.INFRASTRUCTURE);
      assertThat(first.isUsable()).isTrue();
      assertThat(second.isUsable()).isTrue();
    }
  }

  @Test
  void aDeferredConstraintIsFoundBeforeOrInPrepare() throws Exception {
    run(database, "ALTER TABLE t ADD UNIQUE (n) DEFERRABLE INITIALLY DEFERRED");
    try (JdbcSession session = database.openXa()) {
      session.xaResource().start(branch("b1"), XAResource.TMNOFLAGS);
      insert(session, 1);
      insert(session, 2);
      session.savepoint();
      SQLException early =
          catchThrowableOfType(SQLException.class, session::checkDeferredConstraints);
      assertThat(database.dialect().classify(early)).isEqualTo(SqlFailure.POISON);
      session.rollbackToSavepoint();
      session.xaResource().end(branch("b1"), XAResource.TMSUCCESS);
      XAException late =
          catchThrowableOfType(XAException.class, () -> session.xaResource().prepare(branch("b1")));
      assertThat(late)
          .cause()
          .isInstanceOfSatisfying(
              SQLException.class,
              cause -> assertThat(cause.getSQLState()).isEqualTo(UNIQUE_VIOLATION));
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void aDeferredConstraintIsFoundWhereTheWholeAttemptIsOneRoundTrip() throws Exception {
    run(database, "ALTER TABLE t ADD UNIQUE (n) DEFERRABLE INITIALLY DEFERRED");
    try (JdbcSession session = database.openLocal()) {
      SQLException found =
          catchThrowableOfType(
              SQLException.class,
              () ->
                  session.executeUndoably(
                      statements(
                          "INSERT INTO t VALUES (:id, 'a', 7)",
                          "INSERT INTO t VALUES (:id + 1, 'a', 7)"),
                      messages("{\"id\": 1}"),
                      false));
      assertThat(found.getSQLState()).isEqualTo(UNIQUE_VIOLATION);
      assertThat(database.dialect().classify(found)).isEqualTo(SqlFailure.POISON);
      session.rollbackToSavepoint();
      session.commit();
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void branchesOfOtherDatabasesOfTheServerAreNotListed() throws Exception {
    try (var connection = database.dialect().openLocal(database.settings());
        var statement = connection.createStatement()) {
      connection.setAutoCommit(true);
      statement.execute("CREATE DATABASE neighbour");
    }
    String url = database.settings().url().replace("/postgres?", "/neighbour?");
    JdbcDatabase neighbour = new JdbcDatabase("neighbour", new DatabaseSettings(url, null, null));
    run(neighbour, "CREATE TABLE t (id BIGINT, a TEXT, n INT)");
    try (JdbcSession session = neighbour.openXa()) {
      prepare(session, branch("b1"), 1);
      assertThat(prepared()).isEmpty();
      session.xaResource().rollback(branch("b1"));
    }
  }

  @Test
  void theServerIsAskedForItsLimit() throws Exception {
    assertThat(database.maxPreparedTransactions()).isEqualTo(OptionalInt.of(20));
  }

  @Test
  void theServerIsAskedForWhatTransactionsDependOn() throws Exception {
    ServerSettings server = database.serverSettings().orElseThrow();

    assertThat(query(database, "SHOW server_version")).startsWith(server.version());
    assertThat(server.majorVersion()).isEqualTo(18);
    assertThat(server.maxPreparedTransactions()).isEqualTo(20);
    assertThat(server.connections()).isEqualTo(297); // 300, and 3 for superusers
    assertThat(server.isFsync()).isFalse();
    assertThat(server.isFullPageWrites()).isTrue();
  }

  @Test
  void whatTheUrlSetsForItsSessionsIsWhatTheServerIsAskedFor() throws Exception {
    String options =
        "&options=-c%20statement_timeout=5s%20-c%20idle_in_transaction_session_timeout=1min"
            + "%20-c%20transaction_timeout=2h%20-c%20synchronous_commit=";
    ServerSettings off = withOptions(options + "off").serverSettings().orElseThrow();
    ServerSettings local = withOptions(options + "local").serverSettings().orElseThrow();

    assertThat(off.statementTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(off.idleInTransactionTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(off.transactionTimeout()).isEqualTo(Duration.ofHours(2));
    assertThat(off.isSynchronousCommit()).isFalse();
    assertThat(local.isSynchronousCommit()).isTrue();
  }

  private JdbcDatabase withOptions(String options) {
    String url = database.settings().url() + options;
    return new JdbcDatabase("database", new DatabaseSettings(url, null, null));
  }

  @Test
  void theUrlOverridesWhatHandfastSets() throws Exception {
    assertThat(query(database, "SHOW application_name")).isEqualTo("handfast");
    String url = database.settings().url() + "&ApplicationName=mine";
    JdbcDatabase named = new JdbcDatabase("database", new DatabaseSettings(url, null, null));
    assertThat(query(named, "SHOW application_name")).isEqualTo("mine");
  }

  @Test
  void anUnreachableServerSaysSoAtOnce() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    JdbcDatabase unreachable =
        new JdbcDatabase(
            "database",
            new DatabaseSettings("jdbc:postgresql://127.0.0.1:" + free + "/x", "u", "secret"));
    List<StatementTemplate> one = statements("SELECT 1");
    SQLException failure = catchThrowableOfType(SQLException.class, () -> unreachable.verify(one));
    assertThat(unreachable.dialect().classify(failure)).isEqualTo(SqlFailure.INFRASTRUCTURE);
    assertThatThrownBy(unreachable::openForRecovery)
        .isInstanceOf(ParticipantUnavailableException.class);
  }

  private void kill(JdbcSession session) throws SQLException {
    int backend = session.jdbc().unwrap(org.postgresql.PGConnection.class).getBackendPID();
    assertThat(query(database, "SELECT pg_terminate_backend(" + backend + ", 5000)"))
        .isEqualTo("t");
  }
}

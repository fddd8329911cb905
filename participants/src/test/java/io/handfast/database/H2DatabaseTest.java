package io.handfast.database;

import static io.handfast.database.Units.branch;
import static io.handfast.database.Units.messages;
import static io.handfast.database.Units.run;
import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.participant.PlainXid;
import io.handfast.participant.RecoverySession;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class H2DatabaseTest extends DatabaseScenarios {

  @TempDir Path directory;
  private Connection keepsItOpen;

  @Override
  JdbcDatabase open() throws SQLException {
    String url = "jdbc:h2:file:" + directory.resolve("db") + ";LOCK_TIMEOUT=200";
    JdbcDatabase h2 = new JdbcDatabase("database", new DatabaseSettings(url, "sa", ""));
    keepsItOpen = h2.dialect().openLocal(h2.settings());
    return h2;
  }

  @AfterEach
  void close() throws SQLException {
    keepsItOpen.close();
  }

  @Test
  void statementsThatEndTheTransactionAreRefused() throws Exception {
    assertThat(database.verify(statements("TRUNCATE TABLE t", "SELECT ? FROM t")))
        .map(StatementProblem::index)
        .containsExactly(0, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE x(i INT)",
        "/* x */ set -- y\n autocommit true",
        "EXECUTE IMMEDIATE 'COMMIT'",
        "PREPARE COMMIT x",
        "SHUTDOWN",
        "SCRIPT",
        "SET MODE PostgreSQL",
        "DEALLOCATE x"
      })
  void whatWouldEndTheTransactionIsRefusedInAnySpelling(String sql) throws Exception {
    assertThat(database.verify(statements(sql))).hasSize(1);
    try (JdbcSession session = database.openLocal()) {
      session.savepoint();
      QueryLimits limits = new QueryLimits(10, Duration.ofSeconds(5));
      assertThatThrownBy(
              () -> session.query(statements(sql).get(0), messages("{}"), List.of(), limits))
          .isInstanceOf(PoisonException.class);
    }
  }

  @Test
  void jsonGoesToJsonColumnsAsItIsAndWholeNumbersStayWhole() throws Exception {
    run(database, "CREATE TABLE typed (id INT, j JSON, n NUMERIC(10, 2), b BOOLEAN, y VARBINARY)");
    List<StatementTemplate> insert = statements("INSERT INTO typed VALUES (:id, :j, :n, :b, :y)");
    try (JdbcSession session = database.openLocal()) {
      session.execute(
          insert,
          messages(
              "{\"id\":1,\"j\":\"123\",\"n\":\"1.50\",\"b\":true}",
              "{\"id\":2,\"j\":{\"a\":[1.50,null]},\"n\":1e1}",
              "{\"id\":3.0,\"j\":[],\"b\":\"false\"}",
              "{\"id\":4,\"j\":false}",
              "{\"id\":5,\"j\":9007199254740993}"));
      session.commit();
      for (String misfit :
          List.of("\"id\":1.5", "\"n\":1.255", "\"n\":\"1.255\"", "\"b\":1", "\"y\":[1]")) {
        assertThatThrownBy(() -> session.execute(insert, messages("{" + misfit + "}")))
            .as(misfit)
            .isInstanceOf(PoisonException.class);
        session.rollback();
      }
    }
    assertThat(Units.query(database, "SELECT CONCAT_WS(' ', id, j, n, b) FROM typed ORDER BY id"))
        .isEqualTo(
            "1 \"123\" 1.50 TRUE,2 {\"a\":[1.50,null]} 10.00,3 [] FALSE,4 false,5 9007199254740993");
    run(database, "DROP TABLE typed");
  }

  @Test
  void aLockedRowIsAConflictAndLeavesTheSessionUsable() throws Exception {
    try (JdbcSession first = database.openLocal();
        JdbcSession second = database.openLocal()) {
      insert(first, 1);
      assertThatThrownBy(() -> insert(second, 1))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(database.dialect().isConflict(e)).isTrue();
                assertThat(database.dialect().classify(e)).isEqualTo(SqlFailure.INFRASTRUCTURE);
              });
      assertThat(second.isUsable()).isTrue();
    }
  }

  @Test
  void aDatabaseThatWasShutDownIsInfrastructure() throws Exception {
    try (JdbcSession session = database.openLocal()) {
      insert(session, 1);
      assertThatThrownBy(() -> run(database, "SHUTDOWN")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> insert(session, 2))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(database.dialect().classify(e)).isEqualTo(SqlFailure.INFRASTRUCTURE));
      assertThat(session.isUsable()).isFalse();
    }
    assertThat(ids()).isEmpty();
  }

  @Test
  void branchNamesAreThoseOfTheDriver() throws Exception {
    JdbcDataSource driver = new JdbcDataSource();
    driver.setURL(H2Dialect.durable(database.settings().url()));
    driver.setUser("sa");
    driver.setPassword("");
    try (JdbcSession session = database.openXa()) {
      prepare(session, branch("b1"), 1);
    }
    XAConnection xa = driver.getXAConnection();
    Xid[] recovered = xa.getXAResource().recover(XAResource.TMSTARTRSCAN);
    xa.close();
    assertThat(recovered).hasSize(1);
    assertThat(PlainXid.of(recovered[0])).isEqualTo(branch("b1"));
    try (RecoverySession recovery = database.openForRecovery()) {
      recovery.commit(recovered[0]);
    }
    assertThat(ids()).isEqualTo("1");
  }

  @Test
  void aBranchThatRecoveryRolledBackStaysRolledBackAfterARestart() throws Exception {
    try (JdbcSession session = database.openXa()) {
      prepare(session, branch("b1"), 1);
    }
    try (RecoverySession recovery = database.openForRecovery()) {
      recovery.rollback(branch("b1"));
    }
    keepsItOpen.close();
    assertThat(prepared()).isEmpty();
  }

  @Test
  void aServerIsRefusedForTwoPhaseCommitAndServesLocalTransactions() throws Exception {
    Server server = Server.createTcpServer("-tcpPort", "0").start();
    try {
      String url = "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/" + directory.resolve("db");
      JdbcDatabase remote = new JdbcDatabase("remote", new DatabaseSettings(url, "sa", ""));
      assertThat(remote.maxPreparedTransactions()).isEqualTo(OptionalInt.of(0));
      assertThatThrownBy(remote::openXa).hasMessageContaining("H2 as a server");
      try (JdbcSession session = remote.openLocal()) {
        insert(session, 1);
        session.commit();
      }
      assertThat(ids()).isEqualTo("1");
    } finally {
      server.stop();
    }
  }

  @Test
  void thereIsNoLimitOfPreparedBranches() throws Exception {
    assertThat(database.maxPreparedTransactions()).isEqualTo(OptionalInt.empty());
    assertThat(database.serverSettings()).isEmpty();
  }

  @Test
  void aCommitIsWrittenAtOnceUnlessTheUrlSaysOtherwise() {
    assertThat(H2Dialect.durable("jdbc:h2:mem:")).isEqualTo("jdbc:h2:mem:;WRITE_DELAY=0");
    assertThat(H2Dialect.durable("jdbc:h2:mem:;write_delay=5"))
        .isEqualTo("jdbc:h2:mem:;write_delay=5");
  }
}

package io.handfast.database;

import static io.handfast.database.Units.branch;
import static io.handfast.database.Units.run;
import static io.handfast.database.Units.statements;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.participant.RecoverySession;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalInt;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2DatabaseTest extends DatabaseScenarios {

  @TempDir Path directory;
  private Connection keepsItOpen;

  @Override
  Database open() throws SQLException {
    String url = "jdbc:h2:file:" + directory.resolve("db") + ";LOCK_TIMEOUT=200";
    Database h2 = new Database("database", new DatabaseSettings(url, "sa", ""));
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

  @Test
  void aLockedRowIsAConflictAndLeavesTheSessionUsable() throws Exception {
    try (DatabaseSession first = database.openLocal();
        DatabaseSession second = database.openLocal()) {
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
    try (DatabaseSession session = database.openLocal()) {
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
    try (DatabaseSession session = database.openXa()) {
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
    try (DatabaseSession session = database.openXa()) {
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
      Database remote = new Database("remote", new DatabaseSettings(url, "sa", ""));
      assertThat(remote.maxPreparedTransactions()).isEqualTo(OptionalInt.of(0));
      assertThatThrownBy(remote::openXa).hasMessageContaining("H2 as a server");
      try (DatabaseSession session = remote.openLocal()) {
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

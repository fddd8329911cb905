package io.handfast.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Two processes, told apart by their numbers, and one name. */
class PostgresFenceTest {

  private static final long HERE = 1;
  private static final long ELSEWHERE = 2;
  private static final AtomicInteger TESTS = new AtomicInteger();

  /** Of no other test: a session ends on the server shortly after its client has closed it. */
  private final String node = "t" + TESTS.incrementAndGet() + "-";

  @Test
  void nameThatIsHeldIsRefusedAndTheHolderNamed() throws Exception {
    try (Fence held = claim(node + "1", HERE)) {
      assertThatThrownBy(() -> claim(node + "1", ELSEWHERE))
          .isInstanceOf(NodeNameTakenException.class)
          .hasMessageMatching(
              "the node name 't\\d+-1' is held at database by another coordinator,"
                  + " from 127\\.0\\.0\\.1:\\d+ since \\d{4}-\\d\\d-\\d\\d .*");
      assertThat(held.isHeld()).isTrue();
    }
  }

  @Test
  void closedFenceFreesTheName() throws Exception {
    claim(node + "1", HERE).close();
    awaitFree(node + "1");

    try (Fence next = claim(node + "1", ELSEWHERE)) {
      assertThat(next.isHeld()).isTrue();
    }
  }

  @Test
  void connectionThatTheServerEndedHoldsNothing() throws Exception {
    try (Fence lost = claim(node + "1", HERE)) {
      endSessionsHolding(node + "1");

      assertThat(lost.isHeld()).isFalse();
      try (Fence next = claim(node + "1", ELSEWHERE)) {
        assertThat(next.isHeld()).isTrue();
      }
    }
  }

  @Test
  void namesThatBeginAlikeAreTwo() throws Exception {
    try (Fence n1 = claim(node + "1", HERE);
        Fence n10 = claim(node + "10", ELSEWHERE)) {
      assertThat(n1.isHeld()).isTrue();
      assertThat(n10.isHeld()).isTrue();
    }
  }

  @Test
  void twoDatabasesOfOneProcessThatAreOneShareTheName() throws Exception {
    Fence first = claim(node + "1", HERE);
    try (Fence second = claim(node + "1", HERE)) {
      assertThat(second.isHeld()).isTrue();

      first.close();
      awaitFree(node + "1");

      assertThat(second.isHeld()).as("takes over").isTrue();
      assertThatThrownBy(() -> claim(node + "1", ELSEWHERE))
          .isInstanceOf(NodeNameTakenException.class);
    }
  }

  @Test
  void sharedNameThatAnotherProcessTookIsNotHeld() throws Exception {
    Fence first = claim(node + "1", HERE);
    try (Fence second = claim(node + "1", HERE)) {
      first.close();
      awaitFree(node + "1");
      try (Fence other = claim(node + "1", ELSEWHERE)) {
        assertThat(second.isHeld()).isFalse();
        assertThat(other.isHeld()).isTrue();
      }
    }
  }

  @Test
  void databasesOfOneProcessClaimAsOne() throws Exception {
    JdbcDatabase one = new JdbcDatabase("database", PostgresServer.settings());
    JdbcDatabase same = new JdbcDatabase("database:same", PostgresServer.settings());
    try (Fence first = one.claim(node);
        Fence second = same.claim(node)) {
      assertThat(first.isHeld()).isTrue();
      assertThat(second.isHeld()).isTrue();
      assertThatThrownBy(() -> claim(node, ELSEWHERE)).isInstanceOf(NodeNameTakenException.class);
    }
  }

  @Test
  void serverMissesAVanishedHolderSoonAndNeverEndsAnIdleOne() throws Exception {
    try (Connection connection = connect();
        Fence held = PostgresFence.claim(connection, "database", node, HERE);
        Statement statement = connection.createStatement();
        ResultSet settings =
            statement.executeQuery(
                "SELECT concat_ws(' ', current_setting('tcp_keepalives_idle'),"
                    + " current_setting('tcp_keepalives_interval'),"
                    + " current_setting('tcp_keepalives_count'),"
                    + " current_setting('tcp_user_timeout'),"
                    + " current_setting('idle_session_timeout'))")) {
      settings.next();
      assertThat(settings.getString(1)).isEqualTo("6 2 3 12000 0");
      assertThat(connection.getAutoCommit()).as("no transaction stays open").isTrue();
      assertThat(held.isHeld()).isTrue();
    }
  }

  private static Fence claim(String node, long process) throws Exception {
    return PostgresFence.claim(connect(), "database", node, process);
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(PostgresServer.settings().url());
  }

  private static void endSessionsHolding(String node) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND "
              + isLockOf(node));
    }
  }

  /** The server ends a session shortly after its client has closed the connection. */
  private static void awaitFree(String node) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      long deadline = System.nanoTime() + 5_000_000_000L;
      boolean isHeld = true;
      while (isHeld && System.nanoTime() < deadline) {
        try (ResultSet locks =
            statement.executeQuery(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND "
                    + isLockOf(node))) {
          locks.next();
          isHeld = locks.getInt(1) > 0;
        }
      }
      assertThat(isHeld).as("held for 5 seconds after the end").isFalse();
    }
  }

  private static String isLockOf(String node) {
    return "(classid::bigint << 32 | objid::bigint) = " + PostgresFence.key(node);
  }
}

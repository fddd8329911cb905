package io.handfast.database;

import io.handfast.participant.Fence;
import io.handfast.participant.ParticipantRefusedException;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.Secrets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A database that is reached through its JDBC driver. Holds no connection of its own. */
public final class JdbcDatabase implements Database {

  /**
   * What tells this process from all others, 0 until it is first needed. Drawn then and not when
   * the class is initialised: that happens once for all while a native image is built, and two
   * coordinators of one name would take each other for themselves.
   */
  private static final AtomicLong PROCESS = new AtomicLong();

  private final String name;
  private final DatabaseSettings settings;
  private final Dialect dialect;

  /**
   * Describes a database without connecting to it.
   *
   * @throws IllegalArgumentException no dialect speaks to this URL
   */
  public JdbcDatabase(String name, DatabaseSettings settings) {
    this.name = name;
    this.settings = settings;
    this.dialect = Dialect.of(settings.url());
  }

  @Override
  public String name() {
    return name;
  }

  /** What is particular to this product. */
  Dialect dialect() {
    return dialect;
  }

  @Override
  public String safeUrl() {
    return settings.safeUrl();
  }

  @Override
  public boolean isForbidden(SQLException failure) {
    return dialect.isForbidden(failure);
  }

  @Override
  public boolean isReadOnly(SQLException failure) {
    return Dialect.chain(failure).stream().anyMatch(dialect::isReadOnly);
  }

  /** How to reach it. */
  DatabaseSettings settings() {
    return settings;
  }

  @Override
  public JdbcSession openXa() throws SQLException {
    return JdbcSession.xa(name, dialect, settings);
  }

  @Override
  public JdbcSession openLocal() throws SQLException {
    return JdbcSession.local(dialect, settings);
  }

  @Override
  public RecoverySession openForRecovery() throws ParticipantUnavailableException {
    try {
      return dialect.openForRecovery(settings);
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  @Override
  public Fence claim(String node) throws ParticipantUnavailableException {
    try {
      return dialect.claim(settings, name, node, process());
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  /** A refused user is told apart from an outage: only the first waits for an operator. */
  private ParticipantUnavailableException unavailable(SQLException e) {
    String answer = Secrets.hidden(String.valueOf(e.getMessage()));
    return Dialect.chain(e).stream().anyMatch(dialect::isRefusal)
        ? new ParticipantRefusedException(name + " refuses this node: " + answer, e)
        : new ParticipantUnavailableException(name + " cannot be reached: " + answer, e);
  }

  private static long process() {
    return PROCESS.updateAndGet(drawn -> drawn != 0 ? drawn : new SecureRandom().nextLong());
  }

  @Override
  public List<StatementProblem> verify(List<StatementTemplate> statements) throws SQLException {
    List<StatementProblem> problems = new ArrayList<>();
    try (Connection connection = dialect.openLocal(settings)) {
      // A refused statement would take the following ones of its transaction with it.
      connection.setAutoCommit(true);
      for (int i = 0; i < statements.size(); i++) {
        String reason = refusal(connection, statements.get(i));
        if (!reason.isEmpty()) {
          problems.add(new StatementProblem(i, reason));
        }
      }
    }
    return problems;
  }

  private String refusal(Connection connection, StatementTemplate statement) throws SQLException {
    try {
      String reason = dialect.describe(connection, statement).refusal();
      return reason == null ? "" : reason;
    } catch (SQLException e) {
      if (Dialect.chain(e).stream().anyMatch(dialect::isConnectionLost)) {
        throw e;
      }
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public OptionalInt maxPreparedTransactions() throws SQLException {
    try (Connection connection = dialect.openLocal(settings)) {
      return dialect.maxPreparedTransactions(connection);
    }
  }

  @Override
  public Optional<ServerSettings> serverSettings() throws SQLException {
    try (Connection connection = dialect.openLocal(settings)) {
      return dialect.serverSettings(connection);
    }
  }

  @Override
  public void createInbox() throws SQLException {
    JdbcInbox.create(this);
  }

  @Override
  public void createMarker() throws SQLException {
    JdbcMarker.create(this);
  }

  @Override
  public Optional<Marker.Origin> markerOrigin() throws SQLException {
    return JdbcMarker.origin(this);
  }

  @Override
  public Optional<Marker.Agreement> agree(Marker.Agreement mine, Duration forgotten)
      throws SQLException {
    return JdbcAgreement.agree(this, mine, forgotten);
  }

  @Override
  public void withdraw(Marker.Agreement mine) throws SQLException {
    JdbcAgreement.withdraw(this, mine);
  }

  @Override
  public void createDeadLetters() throws SQLException {
    JdbcDeadLetterTable.create(this);
  }

  @Override
  public Set<String> inboxOf(String delivery) throws SQLException {
    return JdbcInbox.leftovers(this, delivery);
  }

  @Override
  public void clearInbox(String deliveries) throws SQLException {
    JdbcInbox.removeAll(this, deliveries);
  }

  @Override
  public void define(String sql, Duration limit) throws SQLException {
    try (JdbcSession session = openLocal();
        Statement statement = session.jdbc().createStatement()) {
      statement.setQueryTimeout(QueryLimits.seconds(limit));
      statement.execute(sql);
      session.commit();
    }
  }

  @Override
  public List<String> tables(String prefix) throws SQLException {
    try (JdbcSession session = openLocal()) {
      return JdbcTables.names(session, null, prefix);
    }
  }

  @Override
  public String toString() {
    return name + " (" + dialect.product() + ")";
  }
}

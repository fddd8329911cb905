package io.handfast.database;

import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.RecoverySession.Scope;
import io.handfast.participant.XaRecoverySession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One process' way to a database in memory: the databases of several processes share a {@link
 * MemoryServer}.
 *
 * <p>A row is a statement and its values; no SQL is read. The first value of an INSERT is a unique
 * key of the table that it names.
 */
public final class MemoryDatabase implements Database {

  private final String name;
  private final MemoryServer server;
  private final MemorySeam seam;
  private final List<MemorySession> sessions = new ArrayList<>();

  public MemoryDatabase(String name, MemoryServer server, MemorySeam seam) {
    this.name = name;
    this.server = server;
    this.seam = seam;
  }

  MemoryServer server() {
    return server;
  }

  MemorySeam seam() {
    return seam;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public MemorySession openXa() throws SQLException {
    return open(true);
  }

  @Override
  public MemorySession openLocal() throws SQLException {
    return open(false);
  }

  private MemorySession open(boolean isXa) throws SQLException {
    seam.before("open");
    MemorySession session = new MemorySession(this, isXa);
    synchronized (this) {
      sessions.add(session);
    }
    seam.after("open");
    return session;
  }

  /** The process is gone: so are its connections and its claims, and what is prepared stays. */
  public synchronized void crash(String node) {
    List.copyOf(sessions).forEach(MemorySession::abandon);
    sessions.clear();
    server.release(node, this);
  }

  synchronized void closed(MemorySession session) {
    sessions.remove(session);
  }

  @Override
  public RecoverySession openForRecovery() throws ParticipantUnavailableException {
    try {
      MemorySession session = openXa();
      return new XaRecoverySession(
          session.branches(), new Scope("memory", ""), branches -> List.of(), session);
    } catch (SQLException e) {
      throw new ParticipantUnavailableException(name + " cannot be reached", e);
    }
  }

  @Override
  public Fence claim(String node) throws NodeNameTakenException {
    if (!server.claim(node, this)) {
      throw new NodeNameTakenException(node, name, null);
    }
    return new Fence() {

      @Override
      public boolean isHeld() {
        return server.isClaimed(node, MemoryDatabase.this);
      }

      @Override
      public void close() {
        server.release(node, MemoryDatabase.this);
      }
    };
  }

  @Override
  public String safeUrl() {
    return "memory";
  }

  @Override
  public boolean isForbidden(SQLException failure) {
    return false;
  }

  @Override
  public boolean isReadOnly(SQLException failure) {
    return false;
  }

  @Override
  public List<StatementProblem> verify(List<StatementTemplate> statements) {
    return List.of();
  }

  @Override
  public OptionalInt maxPreparedTransactions() {
    return OptionalInt.empty();
  }

  @Override
  public Optional<ServerSettings> serverSettings() {
    return Optional.empty();
  }

  @Override
  public void createInbox() {}

  @Override
  public void createMarker() {}

  /** None is ever forgotten here. */
  @Override
  public Optional<Marker.Agreement> agree(Marker.Agreement mine, Duration forgotten) {
    return server.agree(mine);
  }

  @Override
  public void withdraw(Marker.Agreement mine) {
    server.withdraw(mine);
  }

  @Override
  public Optional<Marker.Origin> markerOrigin() {
    return Optional.empty();
  }

  @Override
  public void createDeadLetters() {}

  @Override
  public Set<String> inboxOf(String delivery) {
    return MemoryInbox.leftovers(server, delivery);
  }

  @Override
  public void clearInbox(String deliveries) throws SQLException {
    try (MemorySession session = openLocal()) {
      session.removeKeys(server.keysOf(MemoryInbox.KEY + deliveries));
      session.commit();
    }
  }

  @Override
  public void define(String sql, Duration limit) {}

  @Override
  public List<String> tables(String prefix) {
    return List.of();
  }
}

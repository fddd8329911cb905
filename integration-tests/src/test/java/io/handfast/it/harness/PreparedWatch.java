package io.handfast.it.harness;

import jakarta.jms.JMSException;
import jakarta.jms.XAConnection;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;

/**
 * Looks every few milliseconds, by connections that stay open, at what is prepared in a broker and
 * in a PostgreSQL database, until it is closed.
 */
public final class PreparedWatch implements AutoCloseable {
  private static final long PAUSE_MILLIS = 5;
  private static final String PREPARED =
      "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()";

  private final Broker broker;
  private final Database database;
  private final Predicate<String> wanted;
  private final Set<String> seen = new HashSet<>();
  private final CompletableFuture<Void> watchingBroker;
  private final CompletableFuture<Void> watchingDatabase;
  private volatile boolean isClosed;
  private volatile long brokerClear;
  private volatile long databaseClear;

  /** Begins to look for transactions whose global id is wanted. */
  public PreparedWatch(Broker broker, Database database, Predicate<String> wanted) {
    this.broker = broker;
    this.database = database;
    this.wanted = wanted;
    this.watchingBroker = watch(this::watchBroker);
    this.watchingDatabase = watch(this::watchDatabase);
  }

  @FunctionalInterface
  private interface Watching {
    void run() throws Exception;
  }

  private static CompletableFuture<Void> watch(Watching watching) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Runnable body =
        () -> {
          try {
            watching.run();
            end.complete(null);
          } catch (Exception e) {
            end.completeExceptionally(e);
          }
        };
    Thread thread = new Thread(body, "prepared-watch");
    thread.setDaemon(true);
    thread.start();
    return end;
  }

  private void watchBroker() throws Exception {
    try (ActiveMQXAConnectionFactory factory = new ActiveMQXAConnectionFactory(broker.url());
        XAConnection connection =
            factory.createXAConnection(broker.username(), broker.password())) {
      XAResource resource = connection.createXASession().getXAResource();
      while (!isClosed) {
        Set<String> found = new HashSet<>();
        for (Xid branch : resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) {
          found.add(new String(branch.getGlobalTransactionId(), StandardCharsets.ISO_8859_1));
        }
        brokerClear = note("broker: ", found, brokerClear);
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (JMSException e) {
      throw new IllegalStateException("the broker cannot be watched", e);
    }
  }

  private void watchDatabase() throws Exception {
    try (Connection connection = database.connect();
        PreparedStatement query = connection.prepareStatement(PREPARED)) {
      while (!isClosed) {
        databaseClear = note("database: ", foundIn(query), databaseClear);
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private static Set<String> foundIn(PreparedStatement query) throws SQLException {
    Set<String> found = new HashSet<>();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        found.add(Database.globalId(rows.getString(1)));
      }
    }
    return found;
  }

  /** Since when nothing is there; 0 while something is. */
  private synchronized long note(String place, Set<String> found, long clear) {
    found.removeIf(wanted.negate());
    found.forEach(id -> seen.add(place + id));
    if (!found.isEmpty()) {
      return 0;
    }
    return clear == 0 ? System.nanoTime() : clear;
  }

  /** Every branch that was seen since the beginning: where, and its transaction's global id. */
  public synchronized Set<String> seen() {
    return Set.copyOf(seen);
  }

  /** Whether nothing was there when it was last looked. */
  public boolean isClear() {
    failIfBlind(watchingBroker);
    failIfBlind(watchingDatabase);
    return brokerClear != 0 && databaseClear != 0;
  }

  /** Since when there is nothing in either, as {@link System#nanoTime} counts. */
  public long clearSince() {
    return Math.max(brokerClear, databaseClear);
  }

  private static void failIfBlind(CompletableFuture<Void> watching) {
    if (watching.isCompletedExceptionally()) {
      watching.join();
    }
  }

  @Override
  public void close() {
    isClosed = true;
    watchingBroker.join();
    watchingDatabase.join();
  }
}

package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees rows of the table {@code sink} as soon as they are committed, by asking again and again.
 *
 * <p>Nobody can be told instead: PostgreSQL refuses to prepare a transaction that notifies. It asks
 * for the rows above the number up to which it has seen all, a pause of 0.2 ms after each answer;
 * so long a row may be there before it is seen, whoever wrote it.
 */
final class Watcher implements AutoCloseable {
  private static final long PAUSE_NANOS = 200_000;
  private static final int MOST_IDS = 1 << 21;

  private final Connection connection;
  private final PreparedStatement query;
  private final long[] seen = new long[MOST_IDS];
  private int allUpTo;
  private volatile Exception failure;

  Watcher(Database database) throws SQLException {
    connection = database.connect();
    query = connection.prepareStatement("SELECT id FROM sink WHERE id > ?");
  }

  /** When all rows up to that number had been seen. */
  long awaitRow(long id, Duration patience) throws SQLException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (allUpTo < id) {
      look();
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("row %d never came".formatted(allUpTo + 1));
      }
      if (allUpTo < id) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    return seen[(int) id];
  }

  /** Goes on asking in a thread of its own until all rows up to that number were seen. */
  Thread watch(long last, Duration patience) {
    Thread thread =
        new Thread(
            () -> {
              try {
                for (long id = 1; id <= last; id++) {
                  awaitRow(id, patience);
                }
              } catch (SQLException | RuntimeException e) {
                failure = e;
              }
            });
    thread.start();
    return thread;
  }

  private void look() throws SQLException {
    query.setLong(1, allUpTo);
    try (ResultSet rows = query.executeQuery()) {
      long now = System.nanoTime();
      while (rows.next()) {
        int id = (int) rows.getLong(1);
        seen[id] = seen[id] == 0 ? now : seen[id];
      }
    }
    while (seen[allUpTo + 1] != 0) {
      allUpTo++;
    }
  }

  /** When the row was seen first; only after the thread has ended. */
  long seen(int id) {
    if (failure != null || seen[id] == 0) {
      throw new IllegalStateException("row %d was not seen".formatted(id), failure);
    }
    return seen[id];
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}

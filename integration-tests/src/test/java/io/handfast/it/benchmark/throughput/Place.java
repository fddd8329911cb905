package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Where one round is played: a queue, and a database with a table {@code sink}; gone when closed.
 */
record Place(Rig rig, String queue, Database database) implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int SETTLED = 3;

  Broker broker() {
    return rig.broker();
  }

  /** All messages of the queue, those in flight included. */
  long queued() throws Exception {
    return rig.queued(queue);
  }

  /** Waits until no more messages than these are left in the queue. */
  void awaitQueued(long most, Duration every) throws Exception {
    while (queued() > most) {
      Thread.sleep(every.toMillis());
    }
  }

  /** Waits until what has left the queue has come into the table, and nothing more does. */
  void awaitSettled() throws SQLException, InterruptedException {
    long before = -1;
    int equal = 0;
    while (equal < SETTLED) {
      long rows = database.number("SELECT count(*) FROM sink");
      equal = rows == before ? equal + 1 : 0;
      before = rows;
      Thread.sleep(LOOK.toMillis());
    }
  }

  @Override
  public void close() throws Exception {
    rig.remove(this);
  }
}

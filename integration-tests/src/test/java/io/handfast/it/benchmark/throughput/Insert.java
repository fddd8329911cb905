package io.handfast.it.benchmark.throughput;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/** Inserts the rows in batches, without any message. */
final class Insert extends Bare {
  static final String NAME = "insert: no broker";

  private final Messages messages;
  private final long total;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong committed = new AtomicLong();

  Insert(Load load) {
    super(NAME);
    this.messages = new Messages(load.size());
    this.total = load.total();
  }

  @Override
  public void start(Place place) {
    taken.set(0);
    committed.set(0);
    super.start(place);
  }

  @Override
  void work(Place place, int thread) throws SQLException {
    try (Connection connection = place.database().connect();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO sink(id, body) VALUES (?, ?)")) {
      connection.setAutoCommit(false);
      long first = taken.getAndAdd(BATCH);
      while (first < total && !isToStop()) {
        long last = Math.min(first + BATCH, total);
        for (long id = first + 1; id <= last; id++) {
          insert.setLong(1, id);
          insert.setString(2, messages.body(id));
          insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
        committed.addAndGet(last - first);
        first = taken.getAndAdd(BATCH);
      }
    }
  }

  @Override
  public boolean needsMessages() {
    return false;
  }

  @Override
  public long left(Place place) {
    return total - committed.get();
  }
}

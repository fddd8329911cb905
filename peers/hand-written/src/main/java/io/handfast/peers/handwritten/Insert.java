package io.handfast.peers.handwritten;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/** Inserts rows in batches, a transaction each: what the database alone costs. */
record Insert(Settings settings, DataSource database) {

  /** Returns when all rows are committed; their ids are 1 and following. */
  void run() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(settings.consumers());
    try {
      List<Callable<Void>> shares = new ArrayList<>();
      for (int share = 0; share < settings.consumers(); share++) {
        long first = 1 + (long) settings.count() * share / settings.consumers();
        long last = (long) settings.count() * (share + 1) / settings.consumers();
        shares.add(() -> insert(first, last));
      }
      for (Future<Void> share : threads.invokeAll(shares)) {
        share.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private Void insert(long first, long last) throws SQLException {
    String body = "x".repeat(settings.bodyBytes());
    try (Connection connection = database.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO sink (id, body) VALUES (?, ?)")) {
      for (long id = first; id <= last; id++) {
        insert.setLong(1, id);
        insert.setString(2, body);
        insert.addBatch();
        if ((id - first + 1) % settings.batch() == 0 || id == last) {
          insert.executeBatch();
          connection.commit();
        }
      }
    }
    return null;
  }
}

package io.handfast.peers.handwritten;

import com.zaxxer.hikari.HikariDataSource;

/** Takes messages and writes rows with JMS, JDBC and nothing else. */
public final class HandWritten {
  private HandWritten() {}

  public static void main(String[] arguments) throws Exception {
    Settings settings = new Settings(System.getenv());
    switch (settings.mode()) {
      case "at-least-once" -> {
        HikariDataSource database = settings.database();
        consume(settings, Rows.atLeastOnce(database), database);
      }
      case "deduplication-table" -> {
        HikariDataSource database = settings.database();
        consume(settings, Rows.deduplicated(database), database);
      }
      case "drain" -> consume(settings, new Drain(settings.batch()), () -> {});
      case "insert" -> insert(settings);
      default -> throw new IllegalArgumentException("no such MODE: " + settings.mode());
    }
  }

  private static void consume(Settings settings, Handler handler, AutoCloseable database)
      throws InterruptedException {
    Consumers consumers = new Consumers(settings, handler);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(consumers, database)));
    consumers.start();
    System.out.println("consuming");
  }

  private static void end(Consumers consumers, AutoCloseable database) {
    consumers.stop();
    try {
      database.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void insert(Settings settings) throws Exception {
    try (HikariDataSource database = settings.database()) {
      System.out.println("consuming");
      new Insert(settings, database).run();
    }
  }
}

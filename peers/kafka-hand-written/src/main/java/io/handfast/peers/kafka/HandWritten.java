package io.handfast.peers.kafka;

import com.zaxxer.hikari.HikariDataSource;

/** Takes records of a topic and writes rows with Kafka's client, JDBC and nothing else. */
public final class HandWritten {
  private HandWritten() {}

  public static void main(String[] arguments) throws Exception {
    Settings settings = new Settings(System.getenv());
    HikariDataSource database = settings.database();
    Rows rows =
        switch (settings.mode()) {
          case "at-least-once" -> new PlainRows();
          case "deduplication-table" -> DeduplicatedRows.in(database);
          default -> throw new IllegalArgumentException("no such MODE: " + settings.mode());
        };
    Consumers consumers = new Consumers(settings, database, rows);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  consumers.stop();
                  database.close();
                }));
    consumers.start();
    System.out.println("consuming");
  }
}

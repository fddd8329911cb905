package io.handfast.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A real PostgreSQL for the tests of this module, started once and stopped with the process. */
final class PostgresServer {

  private static final EmbeddedPostgres SERVER = start();

  private PostgresServer() {}

  static DatabaseSettings settings() {
    return settings("postgres");
  }

  static DatabaseSettings settings(String database) {
    return new DatabaseSettings(SERVER.getJdbcUrl("postgres", database), null, null);
  }

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              .setServerConfig("max_prepared_transactions", "20")
              .setServerConfig("fsync", "off")
              .setServerConfig("deadlock_timeout", "50ms")
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(EmbeddedPostgres server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

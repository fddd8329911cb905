package io.handfast.embedded;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An H2 database inside this process, for a first run.
 *
 * <p>One connection is held for as long as the process works, so that the database stays open;
 * other processes open it by the same URL through H2's automatic mixed mode, on 127.0.0.1 alone.
 */
final class EmbeddedDatabase implements AutoCloseable {

  static final String USER = "sa";
  static final String PASSWORD = "";

  private final String url;
  private final Connection keeper;

  /**
   * Opens the database, creating it where there is none.
   *
   * @throws IllegalStateException the database cannot be opened, for example since another process
   *     has it open for itself
   */
  EmbeddedDatabase(Path directory) {
    // Read by H2 when it first listens: mixed mode would otherwise listen on every address.
    System.setProperty("h2.bindAddress", "127.0.0.1");
    Path file = directory.toAbsolutePath().normalize().resolve("handfast");
    this.url = "jdbc:h2:" + file + ";AUTO_SERVER=TRUE;WRITE_DELAY=0";
    try {
      this.keeper = DriverManager.getConnection(url, USER, PASSWORD);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "the embedded database cannot be opened: %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Creates the table of the ready delivery, where it is not there yet. */
  void createOrders() {
    try (Statement statement = keeper.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS orders("
              + "id VARCHAR(255) PRIMARY KEY, item VARCHAR(255), qty BIGINT)");
    } catch (SQLException e) {
      throw new IllegalStateException("the table orders cannot be created", e);
    }
  }

  /** The URL that this process, and any other, opens the database by. */
  String url() {
    return url;
  }

  @Override
  public void close() {
    try {
      keeper.close();
    } catch (SQLException e) {
      throw new IllegalStateException("the embedded database did not close cleanly", e);
    }
  }
}

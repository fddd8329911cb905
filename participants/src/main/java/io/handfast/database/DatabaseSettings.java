package io.handfast.database;

import io.handfast.participant.Secrets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The URL and credentials of a database.
 *
 * @param url a JDBC URL; its scheme picks the {@link Dialect}
 * @param username null: as the URL says
 * @param password null: as the URL says
 * @param schema where Handfast keeps its own tables, as the database stores its name; null: where
 *     the user's tables are made
 */
public record DatabaseSettings(
    String url, @Nullable String username, @Nullable String password, @Nullable String schema) {

  /** A database with Handfast's tables where the user's are made. */
  public DatabaseSettings(String url, @Nullable String username, @Nullable String password) {
    this(url, username, password, null);
  }

  /** A table of Handfast's as it stands in SQL. */
  String qualified(String table) {
    return schema == null ? table : '"' + schema.replace("\"", "\"\"") + "\"." + table;
  }

  /** The URL without passwords, fit for logs. */
  public String safeUrl() {
    return Secrets.hidden(url);
  }

  /**
   * For how long the URL lets the database leave a confirmed commit unwritten; empty where it
   * writes at once.
   */
  public Optional<Duration> writeDelay() {
    return Dialect.find(url).flatMap(dialect -> dialect.writeDelay(url));
  }

  /**
   * For how long the driver waits for an answer, zero for ever; empty where the URL leaves that to
   * Handfast.
   */
  public Optional<Duration> answerTimeout() {
    return Dialect.find(url).flatMap(dialect -> dialect.answerTimeout(url));
  }

  /** Never shows a password. */
  @Override
  public String toString() {
    return "DatabaseSettings[url=" + safeUrl() + ", username=" + username + "]";
  }
}

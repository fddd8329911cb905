package io.handfast.it.harness;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table for orders that hides nothing: it has no primary key, so that a message applied twice is
 * two rows. A negative quantity violates its constraint.
 */
public record OrdersTable(Database database, String name) {

  public static OrdersTable create(Database database, String name) throws SQLException {
    database.execute(
        "CREATE TABLE %s (id BIGINT, item VARCHAR(200), qty BIGINT CHECK (qty >= 0))"
            .formatted(name));
    return new OrdersTable(database, name);
  }

  /**
   * Makes every insert take its time, inside the database, so that there is a middle to kill in.
   */
  public OrdersTable slow(Duration perRow) throws SQLException {
    if (database.isH2()) {
      database.execute(
          "CREATE ALIAS IF NOT EXISTS PAUSE FOR 'java.lang.Thread.sleep(long)'",
          "ALTER TABLE %s ADD COLUMN pause INT DEFAULT PAUSE(%d)"
              .formatted(name, perRow.toMillis()));
    } else {
      database.execute(
          """
          CREATE OR REPLACE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_sleep(TG_ARGV[0]::int / 1000.0); RETURN NEW; END'
          """,
          "CREATE TRIGGER pause BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION pause(%d)"
              .formatted(name, perRow.toMillis()));
    }
    return this;
  }

  /** Undoes {@link #slow} on PostgreSQL, without waiting for inserts that still take their time. */
  public OrdersTable fast() throws SQLException {
    database.execute(
        "CREATE OR REPLACE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    return this;
  }

  /** How many slow inserts PostgreSQL is executing now. */
  public long insertsInProgress() throws SQLException {
    return database.number(
        "SELECT count(*) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND wait_event = 'PgSleep'");
  }

  public String insert() {
    return "INSERT INTO %s(id, item, qty) VALUES (:id, :item, :qty)".formatted(name);
  }

  /** Inserts orders by a connection of its own, as a client that has received them. */
  public void insert(List<String> bodies) throws SQLException {
    String rows =
        bodies.stream()
            .map(body -> "(%d, 'by a client', 0)".formatted(Orders.idOf(body)))
            .collect(Collectors.joining(", "));
    database.execute("INSERT INTO %s(id, item, qty) VALUES %s".formatted(name, rows));
  }

  public long rows() throws SQLException {
    return database.number("SELECT count(*) FROM " + name);
  }

  public long distinctRows() throws SQLException {
    return database.number("SELECT count(DISTINCT id) FROM " + name);
  }

  /** The id of each row, as often as it is there. */
  public List<Long> ids() throws SQLException {
    return database.values("SELECT id FROM " + name).stream().map(Long::valueOf).toList();
  }
}

package io.handfast.it.harness;

import java.sql.SQLException;

/**
 * A table for records of a topic that hides nothing: what is applied twice is two rows, and each
 * row tells when it came. A negative quantity violates its constraint.
 */
public record RecordsTable(Database database, String name) {

  public static RecordsTable create(Database database, String name) throws SQLException {
    database.execute(
        """
        CREATE TABLE %s (turn BIGSERIAL, id BIGINT, qty BIGINT CHECK (qty >= 0),
          record_key VARCHAR(200), part INT, at BIGINT)"""
            .formatted(name));
    return new RecordsTable(database, name);
  }

  public String insert() {
    return "INSERT INTO %s(id, qty, record_key, part, at) VALUES (:id, :qty, :key, :kafka.partition, :kafka.offset)"
        .formatted(name);
  }

  public long rows() throws SQLException {
    return database.number("SELECT count(*) FROM " + name);
  }

  public long distinctRows() throws SQLException {
    return database.number("SELECT count(DISTINCT (part, at)) FROM " + name);
  }

  /** How many rows there are too many, at one moment. */
  public long duplicates() throws SQLException {
    return database.number("SELECT count(*) - count(DISTINCT (part, at)) FROM " + name);
  }

  /** How many rows came after one of their partition that is further on, or the same. */
  public long disorder() throws SQLException {
    return database.number(
        """
        SELECT count(*) FROM (
          SELECT at, lag(at) OVER (PARTITION BY part ORDER BY turn) AS before FROM %s) rows
        WHERE before >= at"""
            .formatted(name));
  }
}

package io.handfast.it.harness;

import java.sql.SQLException;

/**
 * A table for orders of groups that hides nothing: what is applied twice is two rows, and each row
 * tells when it came. An order is of the group that its id leaves when divided. A negative quantity
 * violates its constraint.
 */
public record TurnsTable(Database database, String name, int groups) {

  public static TurnsTable create(Database database, String name, int groups) throws SQLException {
    database.execute(
        "CREATE TABLE %s (turn BIGSERIAL, id BIGINT, qty BIGINT CHECK (qty >= 0))".formatted(name));
    return new TurnsTable(database, name, groups);
  }

  public String insert() {
    return "INSERT INTO %s(id, qty) VALUES (:id, :qty)".formatted(name);
  }

  public long rows() throws SQLException {
    return database.number("SELECT count(*) FROM " + name);
  }

  public long distinctRows() throws SQLException {
    return database.number("SELECT count(DISTINCT id) FROM " + name);
  }

  /** How many rows came after one of their group that is further on, or the same. */
  public long disorder() throws SQLException {
    return database.number(
        """
        SELECT count(*) FROM (
          SELECT id, lag(id) OVER (PARTITION BY id %% %d ORDER BY turn) AS before FROM %s) rows
        WHERE before >= id"""
            .formatted(groups, name));
  }
}

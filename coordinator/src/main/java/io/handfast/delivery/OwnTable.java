package io.handfast.delivery;

import io.handfast.database.Database;
import io.handfast.input.Violation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table of Handfast's in the sink's database that deliveries need, each for its own reason. */
enum OwnTable {
  INBOX("handfast_inbox", "idempotency") {
    @Override
    void create(Database database) throws SQLException {
      database.createInbox();
    }
  },
  MARKER("handfast_marker", "local-commit") {
    @Override
    void create(Database database) throws SQLException {
      database.createMarker();
    }
  },
  DEAD_LETTERS("handfast_dead_letter", null) {
    @Override
    void create(Database database) throws SQLException {
      database.createDeadLetters();
    }
  };

  private final String table;
  private final @Nullable String protocol;

  OwnTable(String table, @Nullable String protocol) {
    this.table = table;
    this.protocol = protocol;
  }

  /** Creates it where it is not there, and sees that it can be used. */
  abstract void create(Database database) throws SQLException;

  /** The tables that a delivery needs. */
  static List<OwnTable> of(DeliverySpecification specification) {
    if (specification.isPositioned()) {
      return specification.isIdempotency()
          ? List.of(MARKER, DEAD_LETTERS, INBOX)
          : List.of(MARKER, DEAD_LETTERS);
    }
    if (specification.isLeased()) {
      List<OwnTable> tables = new ArrayList<>(List.of(DEAD_LETTERS));
      if (specification.isIdempotency()) {
        tables.add(INBOX);
      }
      if (specification.preparesTarget()) {
        tables.add(MARKER);
      }
      return tables;
    }
    if (specification.isIdempotency()) {
      return List.of(INBOX);
    }
    return specification.isLocalCommit() ? List.of(MARKER) : List.of();
  }

  /** Sees that it is there, or can be created, and can be written. */
  void check(
      String databaseName,
      Database database,
      DeliverySpecification specification,
      List<Violation> violations)
      throws SQLException {
    try {
      create(database);
    } catch (SQLException e) {
      if (database.isReadOnly(e)) {
        violations.add(
            new Violation(
                "sink.database",
                databaseName,
                "a database that takes changes, and no replica: " + e.getMessage()));
        return;
      }
      if (!database.isForbidden(e)) {
        throw e;
      }
      boolean isOfProtocol = protocol != null && !specification.isPositioned();
      violations.add(
          new Violation(
              isOfProtocol ? "protocol" : "sink.database",
              isOfProtocol ? protocol : databaseName,
              "a database user that may create the table %s, or read and write it (%s): grant that, or set handfast.database.\"%s\".schema to a schema of its own"
                  .formatted(table, e.getMessage(), databaseName)));
    }
  }
}

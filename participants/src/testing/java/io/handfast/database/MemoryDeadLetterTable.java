package io.handfast.database;

import io.handfast.concurrent.Scheduling;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Dead letters of a database in memory. */
final class MemoryDeadLetterTable implements DeadLetterTable {

  static final String KEY = "letter ";

  /** A row of the table. */
  record LetterRow(Letter letter) implements MemoryServer.Cell {

    @Override
    public boolean isNew() {
      return true;
    }
  }

  private final MemorySession session;
  private final MemoryServer server;

  MemoryDeadLetterTable(MemorySession session, MemoryServer server) {
    this.session = session;
    this.server = server;
  }

  @Override
  public void add(Letter letter) throws SQLException {
    String key = KEY + HexFormat.of().toHexDigits(Scheduling.random(Long.MAX_VALUE));
    session.call("add letter", () -> server.write(session.unit(), key, new LetterRow(letter)));
  }

  @Override
  public List<Stored> list(String delivery, int max) throws SQLException {
    Map<String, LetterRow> rows = server.cells(KEY, LetterRow.class);
    Comparator<Stored> byAge = Comparator.comparing(stored -> stored.letter().failure().at());
    return rows.entrySet().stream()
        .map(row -> new Stored(row.getKey(), row.getValue().letter()))
        .filter(stored -> stored.letter().delivery().equals(delivery))
        .sorted(byAge.thenComparing(stored -> stored.letter().origin().offset()))
        .limit(max)
        .toList();
  }

  @Override
  public Optional<Stored> find(String delivery, String number) throws SQLException {
    return list(delivery, Integer.MAX_VALUE).stream()
        .filter(stored -> stored.number().equals(number))
        .findFirst();
  }

  @Override
  public long count(String delivery) throws SQLException {
    return list(delivery, Integer.MAX_VALUE).size();
  }

  @Override
  public boolean remove(String number) throws SQLException {
    boolean[] isThere = new boolean[1];
    session.call(
        "remove letter",
        () -> {
          session.lock(KEY + number);
          isThere[0] = server.cell(session.unit(), KEY + number, LetterRow.class) != null;
          server.remove(session.unit(), KEY + number);
        });
    return isThere[0];
  }

  @Override
  public int removeBefore(String delivery, Instant time, int max) throws SQLException {
    int removed = 0;
    for (Stored stored : list(delivery, Integer.MAX_VALUE)) {
      if (removed < max
          && stored.letter().failure().at().isBefore(time)
          && remove(stored.number())) {
        removed++;
      }
    }
    return removed;
  }
}

package io.handfast.database;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An inbox in a database in memory. */
final class MemoryInbox implements Inbox {

  static final String KEY = "inbox ";

  /**
   * An id.
   *
   * @param goneAt when its message is gone; null where it may come again
   */
  record IdRow(@Nullable Instant goneAt) implements MemoryServer.Cell {

    @Override
    public boolean isNew() {
      return true;
    }

    boolean isGoneBefore(Instant time) {
      return goneAt != null && goneAt.isBefore(time);
    }
  }

  private final MemorySession session;
  private final MemoryServer server;
  private final String delivery;
  private final String prefix;

  MemoryInbox(MemorySession session, MemoryServer server, String delivery) {
    this.session = session;
    this.server = server;
    this.delivery = delivery;
    this.prefix = prefix(delivery);
  }

  private static String prefix(String delivery) {
    return KEY + delivery + " ";
  }

  /** The ids of a delivery whose messages may come again by themselves. */
  static Set<String> leftovers(MemoryServer server, String delivery) {
    Map<String, IdRow> rows = server.cells(prefix(delivery), IdRow.class);
    Instant now = server.now();
    rows.values().removeIf(row -> row.isGoneBefore(now.plusNanos(1)));
    return rows.keySet();
  }

  @Override
  public Set<String> record(Collection<String> ids, Terms terms)
      throws SQLException, LateException {
    Set<String> known = new HashSet<>();
    boolean[] isLate = {false};
    session.call(
        "record",
        () -> {
          for (String id : new TreeSet<>(ids)) {
            String key = prefix + id;
            session.lock(key);
            Instant before = terms.before();
            if (server.cell(session.unit(), key, IdRow.class) != null) {
              known.add(id);
            } else if (before != null && !server.now().isBefore(before)) {
              isLate[0] = true;
            } else {
              Instant gone = terms.gone() == null ? null : server.now().plus(terms.gone());
              server.write(session.unit(), key, new IdRow(gone));
            }
          }
        });
    if (isLate[0]) {
      throw new LateException(Objects.requireNonNull(terms.before()));
    }
    return known;
  }

  @Override
  public void remove(Collection<String> ids) throws SQLException {
    session.removeKeys(ids.stream().map(id -> prefix + id).toList());
  }

  @Override
  public void gone(Collection<String> ids) throws SQLException {
    session.call(
        "gone",
        () -> {
          for (String id : new TreeSet<>(ids)) {
            String key = prefix + id;
            session.lock(key);
            if (server.cell(session.unit(), key, IdRow.class) != null) {
              server.write(session.unit(), key, new IdRow(server.now()));
            }
          }
        });
  }

  @Override
  public int expire(Instant goneBefore, int max) throws SQLException {
    int[] removed = {0};
    session.call(
        "expire",
        () -> {
          for (String id : server.cells(prefix, IdRow.class).keySet()) {
            String key = prefix + id;
            IdRow row = server.cell(session.unit(), key, IdRow.class);
            if (removed[0] < max && row != null && row.isGoneBefore(goneBefore)) {
              session.lock(key);
              IdRow now = server.cell(session.unit(), key, IdRow.class);
              if (now != null && now.isGoneBefore(goneBefore)) {
                server.remove(session.unit(), key);
                removed[0]++;
              }
            }
          }
        });
    return removed[0];
  }

  @Override
  public Instant now() throws SQLException {
    session.call("now", () -> {});
    return server.now();
  }

  @Override
  public List<String> ids() throws SQLException {
    List<String> ids = new ArrayList<>();
    session.call("ids", () -> ids.addAll(leftovers(server, delivery)));
    return ids;
  }

  @Override
  public Set<String> known(Collection<String> ids) throws SQLException {
    Set<String> known = new HashSet<>(ids);
    session.call(
        "known",
        () -> known.removeIf(id -> server.cell(session.unit(), prefix + id, IdRow.class) == null));
    return known;
  }
}

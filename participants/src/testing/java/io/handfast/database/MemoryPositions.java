package io.handfast.database;

import io.handfast.concurrent.Scheduling;
import io.handfast.message.PositionedSession.Failed;
import io.handfast.message.PositionedSession.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Positions in a database in memory. */
final class MemoryPositions implements Positions {

  static final String KEY = "position of ";

  /** A row of a partition. */
  record PositionRow(Place place, long term, String token, Row row, boolean isNew)
      implements MemoryServer.Cell {

    PositionRow owned(long newTerm, String newToken) {
      return new PositionRow(place, newTerm, newToken, row, false);
    }

    PositionRow at(Row written) {
      return new PositionRow(place, term, token, written, false);
    }

    boolean isOf(Place other) {
      return place.namespace().equals(other.namespace())
          && place.topic().equals(other.topic())
          && place.group().equals(other.group());
    }
  }

  private final MemorySession session;
  private final MemoryServer server;

  MemoryPositions(MemorySession session, MemoryServer server) {
    this.session = session;
    this.server = server;
  }

  private @Nullable PositionRow locked(String slot) throws SQLException {
    session.lock(KEY + slot);
    return server.cell(session.unit(), KEY + slot, PositionRow.class);
  }

  private void write(PositionRow row) {
    server.write(session.unit(), KEY + row.place().slot(), row);
  }

  @Override
  public Optional<Held> take(Place place, Duration longest)
      throws SQLException, OtherGroupException {
    AtomicReference<PositionRow> found = new AtomicReference<>();
    try {
      session.call(
          "take position",
          () -> {
            PositionRow row = locked(place.slot());
            if (row != null && row.place().group().equals(place.group())) {
              String token = HexFormat.of().toHexDigits(Scheduling.random(Long.MAX_VALUE));
              row = row.owned(row.term() + 1, token);
              write(row);
            }
            found.set(row);
          });
    } catch (SQLException e) {
      if (MemoryServer.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        session.rollback();
        throw new OwnerInUnitException(place, e);
      }
      throw e;
    }
    PositionRow row = found.get();
    if (row != null && !row.place().group().equals(place.group())) {
      session.rollback();
      throw new OtherGroupException(place, row.place().group());
    }
    session.commit();
    return Optional.ofNullable(row)
        .map(taken -> new Held(place.slot(), taken.term(), taken.token(), taken.row()));
  }

  @Override
  public void setUp(Duration longest) {
    // It has no settings.
  }

  @Override
  public void create(Map<Place, Position> first) throws SQLException {
    session.call(
        "create positions",
        () -> {
          for (Map.Entry<Place, Position> one : first.entrySet()) {
            if (locked(one.getKey().slot()) == null) {
              write(new PositionRow(one.getKey(), 0, "", Row.of(one.getValue()), true));
            }
          }
        });
    session.commit();
  }

  @Override
  public Map<String, Row> known(String namespace, String topic, String group) throws SQLException {
    Place like = new Place("", namespace, "", topic, group);
    Map<String, Row> known = new TreeMap<>();
    session.call(
        "known positions",
        () ->
            server
                .cells(KEY, PositionRow.class)
                .forEach(
                    (slot, row) -> {
                      if (row.isOf(like)) {
                        known.put(slot, row.row());
                      }
                    }));
    session.commit();
    return known;
  }

  @Override
  public boolean move(List<Move> moves) throws SQLException {
    boolean[] isMine = {true};
    session.call(
        "move positions",
        () -> {
          for (Move one : moves) {
            isMine[0] &= write(one.held(), one.held().row().movedTo(one.to()));
          }
        });
    return isMine[0];
  }

  private boolean write(Held held, Row written) throws SQLException {
    PositionRow row = locked(held.slot());
    boolean isMine =
        row != null
            && (!session.seam().comparesPositions()
                || row.term() == held.term()
                    && row.token().equals(held.token())
                    && row.row().at().offset() == held.row().at().offset());
    if (isMine) {
      write(row.at(written));
    }
    return isMine;
  }

  @Override
  public boolean fail(Held held, Failed failed) throws SQLException {
    boolean[] isMine = new boolean[1];
    session.call("fail position", () -> isMine[0] = write(held, new Row(held.row().at(), failed)));
    session.commit();
    return isMine[0];
  }

  @Override
  public void set(Map<Place, Position> positions) throws SQLException {
    create(positions);
    session.call(
        "set positions",
        () -> {
          for (Map.Entry<Place, Position> one : positions.entrySet()) {
            PositionRow row = locked(one.getKey().slot());
            if (row != null && row.place().group().equals(one.getKey().group())) {
              write(row.owned(row.term() + 1, "").at(Row.of(one.getValue())));
            }
          }
        });
    session.commit();
  }

  @Override
  public void remove(String namespace, String topic, String group) throws SQLException {
    session.removeKeys(
        known(namespace, topic, group).keySet().stream().map(slot -> KEY + slot).toList());
    session.commit();
  }
}

package io.handfast.database;

import io.handfast.concurrent.Scheduling;
import io.handfast.database.MemoryServer.Mark;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The marker of a database in memory. */
final class MemoryMarker implements Marker {

  private static final String NAME = "slot of ";

  private final MemorySession session;
  private final MemoryServer server;

  MemoryMarker(MemorySession session, MemoryServer server) {
    this.session = session;
    this.server = server;
  }

  @Override
  public Optional<String> table() {
    return Optional.of(server.markerTable());
  }

  @Override
  public Slot open(Place place, Duration longest) throws SQLException, NameTakenException {
    String id = HexFormat.of().toHexDigits(Scheduling.random(Long.MAX_VALUE));
    String named = NAME + place.name() + " ";
    boolean[] isTaken = new boolean[1];
    session.call(
        "open slot",
        () -> {
          if (!place.name().isEmpty()) {
            session.lock(named);
            isTaken[0] = !server.keys(named).isEmpty();
            server.add(session.unit(), named + id + " " + place.owner());
          }
          server.write(session.unit(), id, Mark.NEW);
        });
    if (isTaken[0]) {
      session.rollback();
      throw new NameTakenException(place.name(), new SQLException("duplicate", "23505"));
    }
    session.commit();
    return new Slot(server.markerTable(), id);
  }

  @Override
  public Optional<Found> find(String name) throws SQLException {
    String named = NAME + name + " ";
    AtomicReference<Found> found = new AtomicReference<>();
    session.call(
        "find slot",
        () -> {
          for (String key : server.keys(named)) {
            String[] slot = key.substring(named.length()).split(" ", 2);
            Mark mark = server.marker(session.unit(), slot[0]);
            if (mark != null) {
              found.set(new Found(slot[0], slot[1], mark.committed(), mark.term() > 0));
            }
          }
        });
    session.commit();
    return Optional.ofNullable(found.get());
  }

  @Override
  public boolean write(Slot slot, String previous, String unit) throws SQLException {
    boolean[] isMine = new boolean[1];
    session.call(
        "write marker",
        () -> {
          session.lock(slot.id());
          Mark mark = server.marker(session.unit(), slot.id());
          if (mark != null && mark.term() == 0 && mark.unit().equals(previous)) {
            server.write(session.unit(), slot.id(), new Mark(0, mark.committed() + 1, unit));
            isMine[0] = true;
          }
        });
    return isMine[0];
  }

  @Override
  public Optional<Row> takeOver(String slot) throws SQLException {
    AtomicReference<Mark> found = new AtomicReference<>();
    session.call(
        "take slot over",
        () -> {
          session.lock(slot);
          Mark mark = server.marker(session.unit(), slot);
          if (mark != null) {
            long term = session.seam().raisesTerm() ? mark.term() + 1 : mark.term();
            server.write(session.unit(), slot, new Mark(term, mark.committed(), mark.unit()));
            found.set(mark);
          }
        });
    session.commit();
    return Optional.ofNullable(found.get())
        .map(mark -> new Row(mark.committed(), mark.unit(), mark.term() > 0));
  }

  /** None grows old here. */
  @Override
  public List<String> idle(String namespace, boolean isTakenOver) {
    return List.of();
  }

  @Override
  public void remove(String slot) {
    throw new UnsupportedOperationException("no slot grows old here");
  }

  @Override
  public void close(Slot slot, String unit) throws SQLException {
    session.call(
        "close slot",
        () -> {
          session.lock(slot.id());
          Mark mark = server.marker(session.unit(), slot.id());
          if (mark != null && mark.term() == 0 && mark.unit().equals(unit)) {
            server.remove(session.unit(), slot.id());
          }
        });
    session.commit();
  }
}

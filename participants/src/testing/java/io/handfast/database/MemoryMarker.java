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
  public Slot open(Place place, Duration longest) throws SQLException {
    String id = HexFormat.of().toHexDigits(Scheduling.random(Long.MAX_VALUE));
    session.call("open slot", () -> server.write(session.unit(), id, Mark.NEW));
    session.commit();
    return new Slot(server.markerTable(), id);
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
            long term = session.raisesTerm() ? mark.term() + 1 : mark.term();
            server.write(session.unit(), slot, new Mark(term, mark.committed(), mark.unit()));
            found.set(mark);
          }
        });
    session.commit();
    return Optional.ofNullable(found.get()).map(mark -> new Row(mark.committed(), mark.unit()));
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

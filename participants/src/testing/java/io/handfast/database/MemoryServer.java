package io.handfast.database;

import io.handfast.concurrent.Scheduling;
import io.handfast.participant.PlainXid;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The state of a database in memory: what is committed, what is prepared, and which unit holds
 * which lock. It has no threads and never waits. Thread-safe.
 */
public final class MemoryServer {

  static final String CONNECTION_LOST = "08006";
  static final String LOCK_NOT_AVAILABLE = "55P03";
  static final String UNIQUE_VIOLATION = "23505";

  /** One run of a statement that was committed. */
  public record Row(String sql, List<@Nullable Object> values) {}

  /** What a unit does to the state when it is committed. */
  private record Change(
      @Nullable Row row, @Nullable String key, boolean isAdded, @Nullable Cell cell) {}

  /** A row that is updated where it stands. */
  interface Cell {

    /** Whether it is inserted; else it is an update, which finds no row that is gone. */
    boolean isNew();
  }

  /** A row of the marker: the slot's term, and what was committed. */
  record Mark(long term, long committed, String unit) implements Cell {

    static final Mark NEW = new Mark(0, 0, "");

    @Override
    public boolean isNew() {
      return equals(NEW);
    }
  }

  /** Notes a protocol, unless another node has noted another one. */
  synchronized Optional<Marker.Agreement> agree(Marker.Agreement mine) {
    Marker.Agreement known = agreements.get(mine.delivery());
    if (known != null
        && !known.protocol().equals(mine.protocol())
        && !known.owner().equals(mine.owner())) {
      return Optional.of(known);
    }
    agreements.put(mine.delivery(), mine);
    return Optional.empty();
  }

  synchronized void withdraw(Marker.Agreement mine) {
    agreements
        .values()
        .removeIf(
            known ->
                known.delivery().equals(mine.delivery()) && known.owner().equals(mine.owner()));
  }

  /** The work of one transaction, until it is committed or rolled back. */
  static final class Unit {
    private final List<Change> changes = new ArrayList<>();
    private int savepoint;
  }

  private final Map<String, Marker.Agreement> agreements = new HashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final Set<String> keys = new TreeSet<>();
  private final Map<String, Cell> cells = new TreeMap<>();
  private String markerTable = "0000000000000001";
  private final Map<String, Unit> locks = new HashMap<>();
  private final Set<String> doomed = new TreeSet<>();
  private final Map<PlainXid, Unit> prepared = new LinkedHashMap<>();
  private final Map<String, Object> names = new HashMap<>();
  private Duration ahead = Duration.ZERO;

  /** Its clock moves on by more than those of others. */
  public synchronized void passes(Duration time) {
    ahead = ahead.plus(time);
  }

  /** What its clock says. */
  synchronized Instant now() {
    return Instant.EPOCH.plusNanos(Scheduling.nanoTime()).plus(ahead);
  }

  /** A failure with an SQL state. */
  public static SQLException failure(String reason, String state) {
    return new SQLException(reason, state);
  }

  /** What is committed, in the order of the commits. */
  public synchronized List<Row> rows() {
    return List.copyOf(rows);
  }

  /** The dead letters that are committed. */
  public List<DeadLetterTable.Letter> deadLetters() {
    return cells(MemoryDeadLetterTable.KEY, MemoryDeadLetterTable.LetterRow.class).values().stream()
        .map(MemoryDeadLetterTable.LetterRow::letter)
        .toList();
  }

  /** The offset that the position of a partition has, by slot. */
  public Map<String, Long> positions() {
    Map<String, Long> positions = new TreeMap<>();
    cells(MemoryPositions.KEY, MemoryPositions.PositionRow.class)
        .forEach((slot, row) -> positions.put(slot, row.row().at().offset()));
    return positions;
  }

  /** How many branches are prepared and have not ended. */
  public synchronized int preparedBranches() {
    return prepared.size();
  }

  /** The committed keys that begin in this way, without it. */
  synchronized Set<String> keys(String prefix) {
    Set<String> found = new TreeSet<>();
    keys.stream().filter(key -> key.startsWith(prefix)).forEach(found::add);
    return found;
  }

  /** The committed rows' keys that begin in this way. */
  synchronized Set<String> keysOf(String prefix) {
    Set<String> found = new TreeSet<>();
    cells.keySet().stream().filter(key -> key.startsWith(prefix)).forEach(found::add);
    return found;
  }

  synchronized void write(Unit unit, Row row) {
    unit.changes.add(new Change(row, null, true, null));
  }

  /** Takes the lock of a key; false where another unit holds it. */
  synchronized boolean lock(Unit unit, String key) {
    return locks.computeIfAbsent(key, free -> unit) == unit;
  }

  /** Whether a unit sees a key. */
  synchronized boolean has(Unit unit, String key) {
    boolean isThere = keys.contains(key);
    for (Change change : unit.changes) {
      isThere = key.equals(change.key) ? change.isAdded : isThere;
    }
    return isThere;
  }

  synchronized void add(Unit unit, String key) {
    unit.changes.add(new Change(null, key, true, null));
  }

  synchronized void remove(Unit unit, String key) {
    unit.changes.add(new Change(null, key, false, null));
  }

  /** The row of a slot as a unit sees it; null where there is none. */
  synchronized @Nullable Mark marker(Unit unit, String slot) {
    return cell(unit, slot, Mark.class);
  }

  /** A row as a unit sees it; null where there is none. */
  synchronized <C extends Cell> @Nullable C cell(Unit unit, String key, Class<C> type) {
    Cell cell = cells.get(key);
    for (Change change : unit.changes) {
      cell = key.equals(change.key) ? change.cell : cell;
    }
    return type.cast(cell);
  }

  /** The committed rows whose keys begin in this way, by the rest of the key. */
  synchronized <C extends Cell> Map<String, C> cells(String prefix, Class<C> type) {
    Map<String, C> found = new TreeMap<>();
    cells.forEach(
        (key, cell) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), type.cast(cell));
          }
        });
    return found;
  }

  synchronized void write(Unit unit, String key, Cell cell) {
    unit.changes.add(new Change(null, key, true, cell));
  }

  synchronized String markerTable() {
    return markerTable;
  }

  /** An operator empties the marker: a row that a unit has locked goes when that has ended. */
  public synchronized void emptyMarker() {
    cells.keySet().stream().filter(key -> !key.startsWith(MemoryInbox.KEY)).forEach(doomed::add);
    removeDoomed();
  }

  private void removeDoomed() {
    for (String slot : List.copyOf(doomed)) {
      if (!locks.containsKey(slot)) {
        cells.remove(slot);
        doomed.remove(slot);
      }
    }
  }

  synchronized void mark(Unit unit) {
    unit.savepoint = unit.changes.size();
  }

  /** Undoes what was done since the mark, and frees the locks that were taken for it. */
  synchronized void undo(Unit unit) {
    unit.changes.subList(unit.savepoint, unit.changes.size()).clear();
    Set<String> kept = new HashSet<>();
    unit.changes.forEach(change -> kept.add(String.valueOf(change.key)));
    locks.entrySet().removeIf(lock -> lock.getValue() == unit && !kept.contains(lock.getKey()));
  }

  synchronized void commit(Unit unit) {
    for (Change change : unit.changes) {
      if (change.row != null) {
        rows.add(change.row);
      } else if (change.cell != null) {
        change(change.key, change.cell);
      } else if (change.isAdded) {
        keys.add(change.key);
      } else {
        keys.remove(change.key);
        cells.remove(change.key);
      }
    }
    rollback(unit);
  }

  /** An update finds no row where the marker was emptied since. */
  private void change(String key, Cell cell) {
    if (cell.isNew()) {
      cells.put(key, cell);
    } else {
      cells.replace(key, cell);
    }
  }

  synchronized void rollback(Unit unit) {
    unit.changes.clear();
    locks.values().removeIf(holder -> holder == unit);
    removeDoomed();
  }

  synchronized void prepare(PlainXid branch, Unit unit) {
    prepared.put(branch, unit);
  }

  synchronized List<PlainXid> prepared() {
    return List.copyOf(prepared.keySet());
  }

  /** Ends a prepared branch; false where there is none. */
  synchronized boolean resolve(PlainXid branch, boolean isCommit) {
    Unit unit = prepared.remove(branch);
    if (unit != null && isCommit) {
      commit(unit);
    } else if (unit != null) {
      rollback(unit);
    }
    return unit != null;
  }

  /** Takes a node's name for a process; false where another process holds it. */
  synchronized boolean claim(String node, Object process) {
    return names.computeIfAbsent(node, free -> process) == process;
  }

  synchronized boolean isClaimed(String node, Object process) {
    return names.get(node) == process;
  }

  synchronized void release(String node, Object process) {
    names.remove(node, process);
  }
}

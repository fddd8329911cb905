package io.handfast.commit;

import io.handfast.commit.PositionCommit.PartitionTakenException;
import io.handfast.commit.PositionCommit.Reader;
import io.handfast.database.Positions;
import io.handfast.database.Positions.Held;
import io.handfast.database.Positions.Move;
import io.handfast.database.Positions.OwnerInUnitException;
import io.handfast.database.Positions.Place;
import io.handfast.database.Positions.Row;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.message.BrokerException;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Advance;
import io.handfast.message.PositionedSession.Failed;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The positions that the units of one pair of sessions move, one unit after the other.
 *
 * <p>A partition begins at the position of its row, which this takes from its owner: the former
 * owner's unit is waited for, and none of it is committed any more. Whatever may have gone wrong
 * with a unit, its partitions are taken again, so that the row says where they go on. Used by one
 * thread at a time.
 */
final class PositionUse {

  private static final Logger LOG = Logger.getLogger(PositionUse.class);

  /** Between two tries, each of which may wait for two seconds, the other partitions go on. */
  private static final Duration UNTIL_TAKEN_AGAIN = Duration.ofSeconds(10);

  private final Sessions sessions;
  private final String database;
  private final Reader reader;
  private final Duration longest;
  private final Known known;
  private final Map<Partition, Held> held;
  private final Set<Partition> failing;
  private final Set<Partition> lost;

  /** What is known of partitions; of each, one thread learns at a time. */
  private record Known(Map<Partition, Held> held, Set<Partition> failing, Set<Partition> lost) {}

  /**
   * Holds no position yet.
   *
   * @param longest after this a unit that stands still is ended by its database, where that can
   */
  PositionUse(Sessions sessions, String database, Reader reader, Duration longest) {
    this(
        sessions,
        database,
        reader,
        longest,
        new Known(
            new ConcurrentSkipListMap<>(),
            ConcurrentHashMap.newKeySet(),
            ConcurrentHashMap.newKeySet()));
  }

  private PositionUse(
      Sessions sessions, String database, Reader reader, Duration longest, Known known) {
    this.sessions = sessions;
    this.database = database;
    this.reader = reader;
    this.longest = longest;
    this.known = known;
    this.held = known.held();
    this.failing = known.failing();
    this.lost = known.lost();
  }

  /** The same positions, which other sessions move: no partition is used by both at a time. */
  PositionUse in(Sessions others) {
    return new PositionUse(others, database, reader, longest, known);
  }

  /** The database that has the positions. */
  String database() {
    return database;
  }

  private Positions positions() throws Exception {
    return sessions.database(database).positions();
  }

  /**
   * Takes the rows of the partitions that wait for it, and has them begin; the sessions have no
   * work in them. One that another has taken is left until the source was asked once more whose it
   * is.
   */
  void begin(PositionedSession source) throws Exception {
    begin(source, partition -> true);
  }

  /** The same for those that are free. */
  void begin(PositionedSession source, Predicate<Partition> isFree) throws Exception {
    pass(source, isFree);
    for (Partition partition : source.assigned()) {
      if (isFree.test(partition) && !lost.remove(partition)) {
        begin(source, partition);
      }
    }
  }

  /**
   * Moves positions past offsets that hold no message, in a transaction of its own: else such a
   * position is taken for lost when retention has removed what is before, and its lag stays.
   */
  private void pass(PositionedSession source, Predicate<Partition> isFree) throws Exception {
    List<Advance> passed =
        source.passed().stream()
            .filter(one -> isFree.test(one.partition()) && isAhead(one))
            .toList();
    if (passed.isEmpty()) {
      return;
    }
    if (positions().move(moves(passed))) {
      sessions.database(database).commit();
      moved(passed);
      source.tell(passed);
    } else {
      sessions.rollbackRows(database);
      passed.forEach(one -> source.again(one.partition())); // where their rows say
    }
  }

  private boolean isAhead(Advance one) {
    Held mine = held.get(one.partition());
    return mine != null && mine.row().at().offset() < one.next().offset();
  }

  private void begin(PositionedSession source, Partition partition) throws Exception {
    try {
      Held taken = take(source, partition);
      note(partition, taken);
      source.begin(partition, taken.row().at(), taken.row().failed());
    } catch (OwnerInUnitException e) {
      LOG.warnf(
          "partition waits delivery=%s partition=%s: %s; its database ends that unit within %s where it stands still, and the other partitions go on",
          reader.delivery(), partition.label(), e.getMessage(), longest);
      source.rest(partition, UNTIL_TAKEN_AGAIN);
    }
  }

  private Held take(PositionedSession source, Partition partition) throws Exception {
    Place place = reader.place(partition);
    Positions positions = positions();
    Held taken = positions.take(place, longest).orElse(null);
    if (taken == null) {
      positions.create(firstOf(source, partition, place));
      taken =
          positions
              .take(place, longest)
              .orElseThrow(() -> new SQLException("the row of " + place.slot() + " is gone again"));
    }
    return taken;
  }

  /**
   * Where partitions begin. A group that has read nothing of the topic begins in all of them at
   * once, so that one which is added later is known by being missing.
   */
  private Map<Place, Position> firstOf(PositionedSession source, Partition partition, Place place)
      throws Exception {
    boolean isKnown = !positions().known(place.namespace(), place.topic(), place.group()).isEmpty();
    if (isKnown) {
      return Map.of(place, Position.BEGINNING);
    }
    Map<Place, Position> first = new LinkedHashMap<>();
    source.first().forEach((each, position) -> first.put(reader.place(each), position));
    first.putIfAbsent(place, Position.BEGINNING);
    return first;
  }

  private void note(Partition partition, Held now) {
    held.put(partition, now);
    if (now.row().failed().equals(Failed.NONE)) {
      failing.remove(partition);
    } else {
      failing.add(partition);
    }
  }

  /** One alone where a message has failed before, so that its attempts are counted for it alone. */
  int atMost(int max) {
    return failing.isEmpty() ? max : 1;
  }

  /** A partition begins again after a time; the others go on, as many at once as they like. */
  void rest(PositionedSession source, Partition partition, Duration time) throws BrokerException {
    source.rest(partition, time);
    failing.remove(partition);
  }

  /** Nothing came: what has failed is not here any more, or comes later. */
  void nothingCame() {
    failing.clear();
  }

  /** What the unit has received is known, and nothing of it is applied. */
  void announce(List<Advance> advances) throws Exception {
    positions().announce(moves(advances));
  }

  /**
   * Moves positions in the transaction of the rows.
   *
   * @throws PartitionTakenException another holds one of them: the unit must be rolled back
   */
  void move(List<Advance> advances) throws Exception {
    List<Move> moves = moves(advances);
    if (!moves.isEmpty() && !positions().move(moves)) {
      advances.forEach(advance -> lost.add(advance.partition()));
      throw new PartitionTakenException(advances);
    }
  }

  private List<Move> moves(List<Advance> advances) {
    List<Move> moves = new ArrayList<>();
    for (Advance advance : advances) {
      Held mine = held.get(advance.partition());
      if (mine == null) {
        throw new IllegalStateException("received before it began: " + advance.partition());
      }
      moves.add(new Move(mine, advance.next()));
    }
    return moves;
  }

  /** The unit is committed: its partitions go on from there. */
  void moved(List<Advance> advances) {
    for (Advance advance : advances) {
      Held before = held.get(advance.partition());
      if (before != null) {
        note(advance.partition(), before.movedTo(advance.next()));
      }
    }
  }

  /**
   * Finds out from the rows whether a unit is committed whose commit was not confirmed. Its
   * partitions are taken meanwhile, so that what it says stays true.
   */
  Verdict settle(List<Advance> advances) {
    boolean isThere = true;
    try {
      for (Advance advance : advances) {
        Place place = reader.place(advance.partition());
        Held now = positions().take(place, longest).orElseThrow();
        isThere &= now.row().at().offset() >= advance.next().offset();
        note(advance.partition(), now);
      }
    } catch (Exception e) {
      return Verdict.UNKNOWN;
    }
    return isThere ? Verdict.COMMIT : Verdict.NONE;
  }

  /** Keeps how often a message has failed that its partition waits for. */
  void failed(Partition partition, Failed failed) throws Exception {
    Held mine = held.get(partition);
    if (mine != null && positions().fail(mine, failed)) {
      note(partition, mine.with(new Row(mine.row().at(), failed)));
    }
  }
}

package io.handfast.delivery;

import io.handfast.commit.PositionCommit;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Positions;
import io.handfast.database.Positions.Place;
import io.handfast.database.Positions.Row;
import io.handfast.input.Violation;
import io.handfast.message.BrokerException;
import io.handfast.message.PositionLostException;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.PositionedSession.Range;
import io.handfast.message.SourceConnector;
import io.handfast.node.Participants;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a delivery has applied the partitions of its topic, for people; and where they have it go
 * on. Each call asks source and database on connections of its own.
 */
public record PartitionPositions(
    String delivery, DeliverySpecification specification, Participants participants) {

  /**
   * One partition.
   *
   * @param row what is known of it; null where the delivery has not begun there
   * @param range the offsets that it has
   */
  public record State(Partition partition, @Nullable Row row, Range range) {

    /**
     * How many offsets are between the position and the end; null where the delivery has not begun:
     * where it will begin, the group's offsets and its specification say then.
     */
    public @Nullable Long lag() {
      return row == null ? null : Math.max(0, range.end() - row.at().offset());
    }
  }

  /** Where partitions are to go on. */
  public sealed interface Target {

    /** At their first message. */
    record Earliest() implements Target {}

    /** Behind their last message. */
    record Latest() implements Target {}

    /** At the first message of a time or later. */
    record At(Instant time) implements Target {}

    /** Some of them at offsets, by number; the others where they are. */
    record Offsets(Map<Integer, Long> byPartition) implements Target {}
  }

  /** Why a delivery has failed whose position is gone, and what its operator can do. */
  static IllegalStateException lost(String delivery, PositionLostException lost) {
    return new IllegalStateException(
        "%s; pause the delivery, say where it goes on, such as POST /v1/deliveries/%s/position {\"to\": \"earliest\"}, and resume it"
            .formatted(lost.getMessage(), delivery));
  }

  private PositionCommit.Reader reader() {
    String group = Objects.requireNonNull(specification.source().group()).name();
    return new PositionCommit.Reader(delivery, specification.source().name(), group);
  }

  private SourceConnector source() {
    return participants.sources().of(specification.source());
  }

  private Database database() {
    return participants.database(String.valueOf(specification.databaseName())).orElseThrow();
  }

  /** All partitions that the topic has now, in order. */
  public List<State> states() throws BrokerException, SQLException {
    Map<Partition, Range> ranges = source().ranges(specification.source().name());
    Map<String, Row> rows = new TreeMap<>();
    try (DatabaseSession session = database().openLocal()) {
      for (String namespace :
          ranges.keySet().stream().map(Partition::namespace).distinct().toList()) {
        rows.putAll(known(session.positions(), namespace));
      }
    }
    List<State> states = new ArrayList<>();
    ranges.forEach(
        (partition, range) -> states.add(new State(partition, rows.get(partition.slot()), range)));
    return states;
  }

  private Map<String, Row> known(Positions positions, String namespace) throws SQLException {
    PositionCommit.Reader reader = reader();
    return positions.known(namespace, reader.topic(), reader.group());
  }

  /**
   * Has partitions go on elsewhere. Units of other nodes that are in flight are rolled back.
   *
   * @throws InvalidDeliveryException an offset is none of its partition; nothing has changed
   */
  void set(Target to) throws BrokerException, SQLException, InvalidDeliveryException {
    String topic = specification.source().name();
    Map<Partition, Range> ranges = source().ranges(topic);
    Map<Partition, Long> offsets = new LinkedHashMap<>();
    if (to instanceof Target.Offsets chosen) {
      offsets.putAll(checked(chosen.byPartition(), ranges));
      requireRest(offsets);
    } else if (to instanceof Target.At at) {
      offsets.putAll(source().offsetsAt(topic, at.time()));
    } else {
      boolean isLatest = to instanceof Target.Latest;
      ranges.forEach(
          (partition, range) -> offsets.put(partition, isLatest ? range.end() : range.start()));
    }
    Map<Place, Position> positions = new LinkedHashMap<>();
    offsets.forEach(
        (partition, offset) -> positions.put(reader().place(partition), new Position(offset, -1)));
    database().createMarker();
    try (DatabaseSession session = database().openLocal()) {
      session.positions().set(positions);
    }
  }

  /**
   * Removes them, in the database and at the source: a delivery of this group begins anew.
   *
   * @throws BrokerException the group has consumers, such as those of another node; nothing has
   *     changed
   */
  void remove() throws BrokerException, SQLException {
    PositionCommit.Reader reader = reader();
    List<String> namespaces =
        source().ranges(reader.topic()).keySet().stream()
            .map(Partition::namespace)
            .distinct()
            .toList();
    source().forget(reader.topic(), reader.group());
    database().createMarker();
    try (DatabaseSession session = database().openLocal()) {
      for (String namespace : namespaces) {
        session.positions().remove(namespace, reader.topic(), reader.group());
      }
    }
  }

  /**
   * Sees that each other partition has a row: a group with rows in some of them takes those without
   * for added later, and begins there at the beginning.
   */
  private void requireRest(Map<Partition, Long> chosen)
      throws BrokerException, SQLException, InvalidDeliveryException {
    List<Integer> missing =
        states().stream()
            .filter(state -> state.row() == null && !chosen.containsKey(state.partition()))
            .map(state -> state.partition().number())
            .toList();
    if (!missing.isEmpty()) {
      throw new InvalidDeliveryException(
          List.of(
              new Violation(
                  "to",
                  null,
                  "an offset also of partitions %s, in which the delivery has not begun"
                      .formatted(missing))));
    }
  }

  private static Map<Partition, Long> checked(
      Map<Integer, Long> chosen, Map<Partition, Range> ranges) throws InvalidDeliveryException {
    Map<Partition, Long> offsets = new LinkedHashMap<>();
    List<Violation> violations = new ArrayList<>();
    chosen.forEach(
        (number, offset) -> {
          String field = "to." + number;
          Map.Entry<Partition, Range> known =
              ranges.entrySet().stream()
                  .filter(one -> one.getKey().number() == number)
                  .findFirst()
                  .orElse(null);
          if (known == null) {
            violations.add(
                new Violation(
                    field, String.valueOf(offset), "a partition from 0 to " + (ranges.size() - 1)));
          } else if (offset < known.getValue().start() || offset > known.getValue().end()) {
            violations.add(
                new Violation(
                    field,
                    String.valueOf(offset),
                    "an offset from %d to %d"
                        .formatted(known.getValue().start(), known.getValue().end())));
          } else {
            offsets.put(known.getKey(), offset);
          }
        });
    if (!violations.isEmpty()) {
      throw new InvalidDeliveryException(violations);
    }
    return offsets;
  }
}

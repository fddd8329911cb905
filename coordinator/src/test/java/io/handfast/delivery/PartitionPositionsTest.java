package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.database.DatabaseSession;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.database.Positions.Held;
import io.handfast.database.Positions.Move;
import io.handfast.database.Positions.Place;
import io.handfast.delivery.PartitionPositions.State;
import io.handfast.delivery.PartitionPositions.Target;
import io.handfast.input.Violation;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.InMemoryKafka;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How far partitions are applied, and where an operator has them go on. */
class PartitionPositionsTest {

  private final InMemoryKafka kafka = new InMemoryKafka().create("orders", 2);
  private final MemoryDatabase database =
      new MemoryDatabase("database", new MemoryServer(), MemorySeam.NONE);
  private PartitionPositions positions;

  @BeforeEach
  void put() throws Exception {
    for (int i = 0; i < 5; i++) {
      kafka.put("orders", 0, "a" + i);
    }
    kafka.retainFrom("orders", 0, 2);
    Participants participants =
        new Participants(
            new InMemoryBroker(),
            Optional.of(kafka),
            Optional.empty(),
            Map.of(NodeConfig.DEFAULT_DATABASE, database));
    DeliverySpecification specification =
        SpecificationTexts.read(
            "{'source': {'kafka': {'topic': 'orders', 'group': 'g'}}, 'sink': {'statements': ['INSERT INTO t VALUES (:id)']}}");
    positions = new PartitionPositions("orders", specification, participants);
  }

  private Place place(int number) {
    Partition partition = kafka.messagesIn("orders").get(0).place().partition();
    return new Place(
        "%s/%s/%d".formatted(partition.namespace(), partition.topicId(), number),
        partition.namespace(),
        "orders",
        "orders",
        "g");
  }

  private Map<Integer, Long> offsets() throws Exception {
    Map<Integer, Long> offsets = new TreeMap<>();
    for (State state : positions.states()) {
      offsets.put(state.partition().number(), state.row() == null ? -1 : state.row().at().offset());
    }
    return offsets;
  }

  @Test
  void theLagOfAPartitionThatWasNotBegunIsNotKnown() throws Exception {
    assertThat(offsets()).isEqualTo(Map.of(0, -1L, 1, -1L));
    assertThat(positions.states()).extracting(State::lag).containsExactly(null, null);

    try (DatabaseSession session = database.openLocal()) {
      session.positions().create(Map.of(place(0), new Position(4, -1)));
    }

    assertThat(offsets()).isEqualTo(Map.of(0, 4L, 1, -1L));
    assertThat(positions.states()).extracting(State::lag).containsExactly(1L, null);
  }

  @Test
  void partitionsGoOnWhereTheyAreTold() throws Exception {
    positions.set(new Target.Latest());
    assertThat(offsets()).isEqualTo(Map.of(0, 5L, 1, 0L));
    positions.set(new Target.Earliest());
    assertThat(offsets()).isEqualTo(Map.of(0, 2L, 1, 0L));
    positions.set(new Target.Offsets(Map.of(0, 3L)));
    assertThat(offsets()).isEqualTo(Map.of(0, 3L, 1, 0L));
  }

  @Test
  void whereADeliveryHasNotBegunAllPartitionsAreNamed() throws Exception {
    InvalidDeliveryException refused =
        catchThrowableOfType(
            InvalidDeliveryException.class, () -> positions.set(new Target.Offsets(Map.of(0, 3L))));

    assertThat(refused.violations().get(0).rule()).contains("partitions [1]");
    assertThat(offsets()).isEqualTo(Map.of(0, -1L, 1, -1L));
    positions.set(new Target.Offsets(Map.of(0, 3L, 1, 0L)));
    assertThat(offsets()).isEqualTo(Map.of(0, 3L, 1, 0L));
  }

  @Test
  void allAreForgottenInTheDatabaseAndAtTheSource() throws Exception {
    kafka.keep("g", "orders", 0, 4);
    positions.set(new Target.Latest());

    positions.remove();

    assertThat(offsets()).isEqualTo(Map.of(0, -1L, 1, -1L));
    assertThat(kafka.kept("g", "orders", 0)).isEqualTo(-1);
  }

  @Test
  void anOwnerThatGoesOnCommitsNothingAfterwards() throws Exception {
    positions.set(new Target.Earliest());
    try (DatabaseSession owner = database.openLocal()) {
      Held held = owner.positions().take(place(0), Duration.ZERO).orElseThrow();
      positions.set(new Target.Offsets(Map.of(0, held.row().at().offset())));

      assertThat(owner.positions().move(List.of(new Move(held, new Position(5, 0))))).isFalse();
      owner.rollback();
    }
    assertThat(offsets()).containsEntry(0, 2L);
  }

  @Test
  void anOffsetThatAPartitionDoesNotHaveIsRefusedAndNothingChanges() throws Exception {
    positions.set(new Target.Latest());

    InvalidDeliveryException refused =
        catchThrowableOfType(
            InvalidDeliveryException.class,
            () -> positions.set(new Target.Offsets(Map.of(0, 1L, 1, 0L, 7, 0L))));

    assertThat(refused.violations())
        .extracting(Violation::field)
        .containsExactlyInAnyOrder("to.0", "to.7");
    assertThat(offsets()).isEqualTo(Map.of(0, 5L, 1, 0L));
  }
}

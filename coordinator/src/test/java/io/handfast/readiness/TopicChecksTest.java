package io.handfast.readiness;

import static io.handfast.readiness.Configurations.check;
import static io.handfast.readiness.NodeChecksTest.listOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.message.GroupState;
import io.handfast.message.Source;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.Check.Finding;
import io.handfast.readiness.CheckedState.DatabaseState;
import io.handfast.readiness.CheckedState.TopicsState;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicChecksTest {

  private static final Duration SIX_MINUTES = Duration.ofMinutes(6);

  private static CheckedState known(int consumers, HandlerCall handler, GroupState group) {
    DeliverySpecification queue = Worlds.delivery("local-commit", consumers, handler);
    DeliverySpecification topic =
        new DeliverySpecification(
            Source.ofPartitions("orders", "ours", Source.Start.EARLIEST),
            queue.assurance(),
            queue.style(),
            queue.load(),
            queue.effects(),
            queue.retry(),
            "database/orders");
    return new CheckedState(
        Map.of("orders", topic),
        Map.of(),
        Map.of(),
        null,
        null,
        new TopicsState(Map.of("orders", group), Worlds.NOW));
  }

  private static CheckedState sound(int consumers, int partitions) {
    return known(consumers, null, new GroupState(partitions, List.of(), List.of(), SIX_MINUTES));
  }

  @ParameterizedTest
  @CsvSource({"4, 4, ", "4, 5, ", "4, 3, warns consumers", "1, 1, "})
  void idleConsumers(int consumers, int partitions, String found) {
    assertThat(Found.by(check("topic-idle-consumers"), sound(consumers, partitions)))
        .isEqualTo(listOf(found));
  }

  @Test
  void foreignMembersAreNamedTheFirstOfMany() {
    List<String> foreign =
        IntStream.rangeClosed(1, 8).mapToObj(i -> "reports-" + i + " at 10.0.0.1").toList();
    CheckedState known = known(1, null, new GroupState(8, foreign, List.of(), SIX_MINUTES));

    assertThat(Found.by(check("topic-foreign-members"), sound(1, 1))).isEmpty();
    assertThat(check("topic-foreign-members").findings(known))
        .singleElement()
        .extracting(Finding::problem)
        .asString()
        .contains("reports-1 at 10.0.0.1", "reports-5", "and 3 more", "group ours of topic orders")
        .doesNotContain("reports-6");
  }

  @Test
  void rightsThatAreMissingAreNamed() {
    List<String> lacking = List.of("READ on topic orders");
    CheckedState known = known(1, null, new GroupState(8, List.of(), lacking, SIX_MINUTES));

    assertThat(Found.by(check("topic-rights"), sound(1, 1))).isEmpty();
    assertThat(Found.by(check("topic-rights"), known))
        .containsExactly("warns READ on topic orders");
  }

  @ParameterizedTest
  @CsvSource({
    "PT6M,    PT30S,    ",
    "PT30S,   PT30S,    warns handfast.kafka.\"max.poll.interval.ms\"",
    "PT6M,    PT10M,    warns handfast.kafka.\"max.poll.interval.ms\"",
    "PT6M,    ,         ",
    "PT59S,   ,         warns handfast.kafka.\"max.poll.interval.ms\""
  })
  void pollInterval(String interval, String timeout, String found) {
    HandlerCall handler =
        timeout == null ? null : new HandlerCall(URI.create("http://h/"), Duration.parse(timeout));
    GroupState group = new GroupState(8, List.of(), List.of(), Duration.parse(interval));

    assertThat(Found.by(check("topic-poll-interval"), known(1, handler, group)))
        .isEqualTo(listOf(found));
  }

  @Test
  void aTableOfDeadLettersThatCannotBeUsedIsSaid() {
    DatabaseState sound = new DatabaseState(OptionalInt.empty(), null, null, Worlds.NOW);

    assertThat(Found.by(check("dead-letter-table"), on(sound))).isEmpty();
    assertThat(check("dead-letter-table").findings(on(sound.with("permission denied"))))
        .singleElement()
        .asString()
        .startsWith("handfast_dead_letter: cannot be used at database (permission denied)");
  }

  private static CheckedState on(DatabaseState database) {
    return new CheckedState(Map.of(), Map.of(NodeConfig.DEFAULT_DATABASE, database), null, null);
  }

  @Test
  void whereATopicIsNotKnownYetItIsAskedForSoon() {
    assertThat(CheckedState.NOTHING.isEachTopicKnown()).isTrue();
    assertThat(sound(1, 1).isEachTopicKnown()).isTrue();
    CheckedState unknown = new CheckedState(sound(1, 1).deliveries(), Map.of(), null, null);
    assertThat(unknown.isEachTopicKnown()).isFalse();
  }
}

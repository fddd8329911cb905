package io.handfast.readiness;

import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.delivery.Style;
import io.handfast.message.Source;
import io.handfast.readiness.Check.Findings;
import io.handfast.readiness.CheckedState.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Checks of topics whose partitions keep their messages, and of the consumers that share them. */
final class TopicChecks {

  private static final int MOST_NAMED = 5;

  /** A unit without a handler may stand still for so long (UnitOpener). */
  private static final Duration WITHOUT_HANDLER = Duration.ofMinutes(1);

  private TopicChecks() {}

  private static String reader(Topic topic) {
    Source source = topic.specification().source();
    return "group %s of topic %s, which delivery '%s' reads"
        .formatted(Objects.requireNonNull(source.group()).name(), source.name(), topic.delivery());
  }

  /** Whether this node's user may read the topic, and join the group. */
  static void rights(Topic topic, Findings findings) {
    topic
        .group()
        .lacking()
        .forEach(
            right ->
                findings.warns(
                    right,
                    "is missing for " + reader(topic) + ": it takes no records",
                    "grant it to the user of handfast.kafka"));
  }

  /** Whether the group is Handfast's alone: another member applies nothing here. */
  static void foreignMembers(Topic topic, Findings findings) {
    List<String> foreign = topic.group().foreign();
    if (!foreign.isEmpty()) {
      String named = String.join(", ", foreign.subList(0, Math.min(MOST_NAMED, foreign.size())));
      findings.warns(
          "source.kafka.group",
          "has members that are not Handfast's, %s%s, in %s: nothing of their partitions is applied here until they leave"
              .formatted(
                  named,
                  foreign.size() > MOST_NAMED
                      ? " and %d more".formatted(foreign.size() - MOST_NAMED)
                      : "",
                  reader(topic)),
          "stop them, or give the delivery a group of its own; give nodes of Handfast one handfast.kafka.\"client.id\"");
    }
  }

  /** Whether each consumer can have a partition. */
  static void idleConsumers(Topic topic, Findings findings) {
    int consumers = topic.specification().consumers();
    int partitions = topic.group().partitions();
    boolean hasConsumers = topic.specification().style() == Style.PUSH;
    if (hasConsumers && consumers > partitions) {
      findings.warns(
          "consumers",
          "is %d in delivery '%s', whose topic has %d: %d of them have nothing to do"
              .formatted(consumers, topic.delivery(), partitions, consumers - partitions),
          "use at most as many as the topic has partitions, or add partitions to it");
    }
  }

  /** Whether a unit ends before its consumer counts as gone. */
  static void pollInterval(Topic topic, Findings findings) {
    HandlerCall handler = topic.specification().handler();
    Duration needed = handler == null ? WITHOUT_HANDLER : handler.timeout();
    Duration longest = topic.group().longestUnit();
    if (longest.compareTo(needed) <= 0) {
      findings.warns(
          "handfast.kafka.\"max.poll.interval.ms\"",
          "is %s, and a unit of delivery '%s' may take %s: the group gives its partitions away meanwhile, and the unit is rolled back and tried again"
              .formatted(longest.toMillis(), topic.delivery(), needed),
          "remove it (6 minutes then), set more than %d, or use a shorter handler.timeout"
              .formatted(needed.toMillis()));
    }
  }
}

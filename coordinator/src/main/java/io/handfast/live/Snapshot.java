package io.handfast.live;

import io.handfast.delivery.Delivery;
import io.handfast.input.WireName;
import io.handfast.queue.QueueDepths;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sample of the node's state.
 *
 * @param at in ISO-8601
 * @param inDoubt transactions that are not over and that no worker has in flight
 * @param heuristics branches that ended otherwise than decided, and are not forgotten
 * @param unreachable participants that did not answer the last scan
 * @param refused participants that answered it and did not let this node in
 * @param comparison the comparison that runs, or null
 */
record Snapshot(
    String at,
    List<Flow> deliveries,
    int inDoubt,
    int heuristics,
    List<String> unreachable,
    List<String> refused,
    @Nullable Progress comparison) {

  /**
   * A delivery.
   *
   * @param retryingSince since when the state is retrying, in ISO-8601; null in other states
   * @param deadLetterDepth messages in the dead-letter queue; null where it is not known
   * @param rate messages a second that took effect since the last snapshot
   * @param backlog messages in the source, those in flight included; null where it is not known
   * @param latencyMillis how old the oldest message was, of those that took effect since the last
   *     snapshot, by the sender's clock; null where there was none
   */
  record Flow(
      String name,
      String state,
      @Nullable String retryingSince,
      double rate,
      @Nullable Long backlog,
      @Nullable Long deadLetterDepth,
      @Nullable Long latencyMillis,
      @Nullable String lastError,
      Map<String, Long> counters) {

    static Flow of(
        Delivery delivery,
        double rate,
        QueueDepths depths,
        @Nullable Long latencyMillis,
        Map<String, Long> counters) {
      Delivery.Retrying retrying = delivery.retrying();
      return new Flow(
          delivery.name(),
          WireName.of(delivery.state()),
          retrying == null ? null : retrying.since().toString(),
          rate,
          depths.of(delivery.specification().source().queueName()),
          depths.of(delivery.specification().deadLetter()),
          latencyMillis,
          delivery.lastError(),
          counters);
    }
  }

  /** How far a comparison is. */
  record Progress(String id, int done, int steps, String step) {}

  /** A delivery has begun to do something else, or has begun to exist or ended. */
  record StateChange(
      String at,
      String delivery,
      @Nullable String from,
      @Nullable String to,
      @Nullable String lastError) {}
}

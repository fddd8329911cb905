package io.handfast.message;

import org.jspecify.annotations.Nullable;

/**
 * The state and the rules of a queue that leases its messages. Its numbers are approximate.
 *
 * @param waiting messages that a receive can get
 * @param inFlight messages that are leased
 * @param delayed messages that no receive gets before a time
 * @param hasOrder whether the order within groups of messages is kept
 * @param receives how often a message is handed out before the queue makes it a dead letter; 0 for
 *     ever
 * @param deadLetters where the queue puts those; null where it has none
 */
public record LeasedQueue(
    long waiting,
    long inFlight,
    long delayed,
    boolean hasOrder,
    int receives,
    @Nullable String deadLetters) {

  /** All messages that it has. */
  public long messages() {
    return waiting + inFlight + delayed;
  }
}

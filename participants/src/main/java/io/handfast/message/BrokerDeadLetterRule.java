package io.handfast.message;

import org.jspecify.annotations.Nullable;

/**
 * When the broker itself dead-letters or drops a message.
 *
 * @param maxDeliveryAttempts deliveries after which it does; -1 for never
 * @param deadLetterAddress where the message goes then; null drops it
 */
public record BrokerDeadLetterRule(int maxDeliveryAttempts, @Nullable String deadLetterAddress) {

  /** So many that an outage does not use them up, at a pause of seconds after each. */
  private static final int MANY = 1_000;

  /**
   * Whether the broker never gives up, or so late that only a message does not come through which
   * it can hand out to no consumer, and keeps that.
   */
  public boolean isHarmless() {
    return maxDeliveryAttempts < 0 || maxDeliveryAttempts >= MANY && deadLetterAddress != null;
  }
}

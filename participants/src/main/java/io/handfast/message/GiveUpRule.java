package io.handfast.message;

import org.jspecify.annotations.Nullable;

/**
 * When the broker gives a message up by itself, behind the back of whoever consumes it.
 *
 * @param maxDeliveryAttempts deliveries after which it does; -1 for never
 * @param deadLetterAddress where the message goes then; null drops it
 */
public record GiveUpRule(int maxDeliveryAttempts, @Nullable String deadLetterAddress) {

  /** Whether the broker never gives up. */
  public boolean isNever() {
    return maxDeliveryAttempts < 0;
  }
}

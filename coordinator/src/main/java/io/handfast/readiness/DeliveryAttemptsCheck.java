package io.handfast.readiness;

import io.handfast.message.GiveUpRule;
import java.util.List;

/**
 * Whether the broker leaves it to Handfast to give a message up.
 *
 * <p>It counts every rollback, and after a crash every message that was merely prefetched.
 */
final class DeliveryAttemptsCheck implements BrokerCheck {

  @Override
  public String name() {
    return "broker-delivery-attempts";
  }

  @Override
  public List<Finding> findings(BrokerState broker, Known known) {
    return broker.sources().entrySet().stream()
        .filter(rules -> !rules.getValue().giveUp().isHarmless())
        .map(rules -> finding(rules.getKey(), rules.getValue().giveUp()))
        .toList();
  }

  private Finding finding(String queue, GiveUpRule rule) {
    String deadLetters = rule.deadLetterAddress();
    return warns(
        "max-delivery-attempts",
        "is %d for queue '%s': the broker %s after so many deliveries, which a handler that is down for a while can use up"
            .formatted(
                rule.maxDeliveryAttempts(),
                queue,
                deadLetters == null
                    ? "has no dead-letter-address and DROPS a message"
                    : "moves a message to dead-letter-address '" + deadLetters + "'"),
        "set max-delivery-attempts to -1 for the address of this queue, since Handfast keeps its own count; or to 1000 with a dead-letter-address");
  }
}

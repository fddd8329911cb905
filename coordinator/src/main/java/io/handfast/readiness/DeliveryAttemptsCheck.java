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
    return broker.giveUpRules().entrySet().stream()
        .filter(rule -> !rule.getValue().isNever())
        .map(rule -> finding(rule.getKey(), rule.getValue()))
        .toList();
  }

  private Finding finding(String address, GiveUpRule rule) {
    String deadLetters = rule.deadLetterAddress();
    return warns(
        "max-delivery-attempts",
        "is %d for address '%s': the broker %s after so many deliveries, which a handler that is down for a while can use up"
            .formatted(
                rule.maxDeliveryAttempts(),
                address,
                deadLetters == null
                    ? "has no dead-letter-address and DROPS a message"
                    : "moves a message to dead-letter-address '" + deadLetters + "'"),
        "set max-delivery-attempts to -1 for this address, since Handfast keeps its own count");
  }
}

package io.handfast.readiness;

import java.util.List;

/** Whether dead letters stay until a person has looked at them. */
final class DeadLetterExpiryCheck implements BrokerCheck {

  @Override
  public String name() {
    return "broker-dead-letter-expiry";
  }

  @Override
  public List<Finding> findings(BrokerState broker, Known known) {
    return broker.deadLetters().entrySet().stream()
        .filter(rules -> rules.getValue().expiryDelay() >= 0)
        .map(
            rules ->
                warns(
                    "expiry-delay",
                    "is %d ms for dead-letter queue '%s': the broker lets dead letters expire, though they are sent without an expiry"
                        .formatted(rules.getValue().expiryDelay(), rules.getKey()),
                    "set expiry-delay to -1 for the address of this queue"))
        .toList();
  }
}

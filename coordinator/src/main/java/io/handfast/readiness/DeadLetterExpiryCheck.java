package io.handfast.readiness;

import io.handfast.message.AddressRules;
import java.util.List;
import java.util.Optional;

/** Whether dead letters stay until a person has looked at them. */
final class DeadLetterExpiryCheck implements BrokerCheck {

  @Override
  public String name() {
    return "broker-dead-letter-expiry";
  }

  @Override
  public List<Finding> findings(BrokerState broker, Known known) {
    return broker.deadLetters().entrySet().stream()
        .map(rules -> finding(rules.getKey(), rules.getValue()))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<Finding> finding(String queue, AddressRules rules) {
    if (rules.expiryDelay() >= 0) {
      return Optional.of(
          warns(
              "expiry-delay",
              "is %d ms for dead-letter queue '%s': the broker lets dead letters expire that it moves there itself"
                  .formatted(rules.expiryDelay(), queue),
              "set expiry-delay to -1 for the address of this queue"));
    }
    return rules.maxExpiryDelay() < 0
        ? Optional.empty()
        : Optional.of(
            warns(
                "max-expiry-delay",
                "is %d ms for dead-letter queue '%s': the broker lets dead letters expire, though they are sent without an expiry"
                    .formatted(rules.maxExpiryDelay(), queue),
                "set max-expiry-delay to -1 for the address of this queue"));
  }
}

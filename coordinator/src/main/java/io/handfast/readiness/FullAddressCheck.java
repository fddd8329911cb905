package io.handfast.readiness;

import java.util.List;

/** Whether the broker keeps what is sent to a queue that is full. */
final class FullAddressCheck implements BrokerCheck {

  @Override
  public String name() {
    return "broker-full-addresses";
  }

  @Override
  public List<Finding> findings(BrokerState broker, Known known) {
    return broker.targets().entrySet().stream()
        .filter(rules -> rules.getValue().dropsWhenFull())
        .map(
            rules ->
                warns(
                    "address-full-policy",
                    "is DROP for queue '%s': the broker loses what is sent there while the address is full, without an error"
                        .formatted(rules.getKey()),
                    "set address-full-policy to PAGE, BLOCK or FAIL for the address of this queue"))
        .toList();
  }
}

package io.handfast.readiness;

import java.util.List;

/** Whether the broker is one of the releases that Handfast is used with. */
final class BrokerVersionCheck implements BrokerCheck {

  private static final Release OLDEST = new Release(2, 40, 0);

  @Override
  public String name() {
    return "broker-version";
  }

  @Override
  public List<Finding> findings(BrokerState broker, Known known) {
    return OLDEST.isNewerThan(broker.version())
        ? List.of(
            warns(
                "broker",
                "is Artemis " + broker.version() + ", with which Handfast was not tested",
                "use 2.40 or later"))
        : List.of();
  }
}

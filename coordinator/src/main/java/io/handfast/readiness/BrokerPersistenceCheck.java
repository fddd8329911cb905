package io.handfast.readiness;

import java.util.List;

/** Whether the broker has a journal. */
final class BrokerPersistenceCheck implements BrokerCheck {

  @Override
  public String name() {
    return "broker-persistence";
  }

  @Override
  public List<Finding> findings(BrokerState broker, Known known) {
    return broker.isPersistent()
        ? List.of()
        : List.of(
            warns(
                "persistence-enabled",
                "is false at the broker: a restart of it loses its messages and its prepared branches, also those whose rows are committed",
                "set <persistence-enabled>true</persistence-enabled> in broker.xml"));
  }
}

package io.handfast.readiness;

import java.util.List;

/** A check of the broker, as its management describes it. */
interface BrokerCheck extends Check {

  @Override
  default Asks asks() {
    return Asks.BROKER;
  }

  @Override
  default List<Finding> findings(Known known) {
    BrokerState broker = known.broker();
    return broker == null ? List.of() : findings(broker, known);
  }

  List<Finding> findings(BrokerState broker, Known known);
}

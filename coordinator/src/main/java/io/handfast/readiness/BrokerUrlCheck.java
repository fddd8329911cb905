package io.handfast.readiness;

import io.handfast.node.NodeConfig;
import java.util.List;

/** Whether there is a broker: outside this process, or inside where the program has one. */
final class BrokerUrlCheck implements Check {

  private final NodeConfig config;
  private final boolean hasBrokerInside;

  BrokerUrlCheck(NodeConfig config, boolean hasBrokerInside) {
    this.config = config;
    this.hasBrokerInside = hasBrokerInside;
  }

  @Override
  public String name() {
    return "broker-url";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  /** There is no delivery without a broker. */
  @Override
  public boolean isAcceptable() {
    return false;
  }

  @Override
  public List<Finding> findings(Known known) {
    if (hasBrokerInside || config.broker().url().isPresent()) {
      return List.of();
    }
    return List.of(
        refuses(
            "handfast.broker.url",
            "is not set, and the native program has no broker inside",
            "name a broker, such as handfast.broker.url=tcp://broker:61616, with handfast.broker.username and handfast.broker.password; or start the jar, which brings one for a first run"));
  }
}

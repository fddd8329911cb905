package io.handfast.readiness;

import io.handfast.node.NodeConfig;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.Optional;

/** Whether this coordinator has a name of its own. */
final class NodeNameCheck implements Check {

  private static final String KEY = "handfast.node";

  private final NodeConfig config;
  private final boolean hasBrokerInside;

  NodeNameCheck(NodeConfig config, boolean hasBrokerInside) {
    this.config = config;
    this.hasBrokerInside = hasBrokerInside;
  }

  @Override
  public String name() {
    return "node-name";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  /** Branch ids carry the name: without one there is no transaction. */
  @Override
  public boolean isAcceptable() {
    return false;
  }

  @Override
  public List<Finding> findings(Known known) {
    Optional<String> node = config.node();
    boolean isEmbedded = hasBrokerInside && NodeConfig.isEmbedded(config);
    if (node.isEmpty() && !isEmbedded) {
      return List.of(
          refuses(
              KEY,
              "is not set",
              "give this coordinator a name that is unique and stable among those that share its broker or a database, such as handfast.node=orders-1"));
    }
    if (node.isPresent() && !TransactionId.NODE_NAME.matcher(node.get()).matches()) {
      return List.of(
          refuses(KEY, "is '" + node.get() + "'", "use 1 to 24 of a-z, 0-9 and the hyphen"));
    }
    return List.of();
  }
}

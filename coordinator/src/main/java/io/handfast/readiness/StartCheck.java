package io.handfast.readiness;

import io.handfast.node.NodeConfig;
import jakarta.inject.Singleton;
import java.util.List;

/** Looks at what needs no participant before anything is opened, and refuses an unsafe start. */
@Singleton
public class StartCheck {

  private static final String EMBEDDED_NODE = "local";

  private final NodeConfig config;
  private final Checks checks;

  StartCheck(NodeConfig config, Checks checks) {
    this.config = config;
    this.checks = checks;
  }

  /** Everything that stops the start; empty when nothing does. */
  public List<Finding> findings() {
    return checks.refusals(Check.Asks.NOTHING, Known.NOTHING);
  }

  /** The node's name, once it was checked. */
  public String nodeName() {
    return config.node().orElse(EMBEDDED_NODE);
  }
}

package io.handfast.readiness;

import io.handfast.node.NodeConfig;
import io.handfast.transaction.TransactionId;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Looks at the configuration before anything is opened, and refuses to start on what is unsafe. */
@Singleton
public class StartCheck {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1", "[::1]");
  private static final String EMBEDDED_NODE = "local";

  /**
   * Something that stops the start.
   *
   * @param key the configuration key at fault
   * @param problem what is wrong with it
   * @param remedy what to do
   */
  public record Finding(String key, String problem, String remedy) {

    @Override
    public String toString() {
      return key + ": " + problem + "; " + remedy;
    }
  }

  private final NodeConfig config;
  private final String host;

  StartCheck(NodeConfig config, @ConfigProperty(name = "quarkus.http.host") String host) {
    this.config = config;
    this.host = host;
  }

  /** Everything that stops the start; empty when nothing does. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    checkNode(findings);
    checkDatabaseNames(findings);
    if (!LOOPBACK.contains(host)) {
      findings.add(
          new Finding(
              "quarkus.http.host",
              "is " + host + ", where anybody who can reach it may use this service",
              "use 127.0.0.1, and a proxy that authenticates in front of it"));
    }
    return findings;
  }

  /** The node's name, once it was checked. */
  public String nodeName() {
    return config.node().orElse(EMBEDDED_NODE);
  }

  private void checkNode(List<Finding> findings) {
    Optional<String> node = config.node();
    if (node.isEmpty() && !NodeConfig.isEmbedded(config)) {
      findings.add(
          new Finding(
              "handfast.node",
              "is not set",
              "give this coordinator a name that is unique and stable among those that share its broker or a database, such as handfast.node=orders-1"));
    } else if (node.isPresent() && !TransactionId.NODE_NAME.matcher(node.get()).matches()) {
      findings.add(
          new Finding(
              "handfast.node",
              "is '" + node.get() + "'",
              "use 1 to 24 of a-z, 0-9 and the hyphen"));
    }
  }

  private void checkDatabaseNames(List<Finding> findings) {
    config
        .database()
        .forEach(
            (name, database) -> {
              if (!name.matches("[A-Za-z0-9_-]{1,32}")) {
                findings.add(
                    new Finding(
                        "handfast.database.\"" + name + "\"",
                        "is a name that branch ids cannot carry",
                        "use 1 to 32 of A-Z, a-z, 0-9, _ and -"));
              } else if (database.url().isEmpty() && !name.equals(NodeConfig.DEFAULT_DATABASE)) {
                findings.add(
                    new Finding(
                        "handfast.database.\"" + name + "\".url",
                        "is not set",
                        "give it a JDBC URL"));
              }
            });
  }
}

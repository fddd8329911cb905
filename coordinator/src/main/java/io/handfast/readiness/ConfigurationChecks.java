package io.handfast.readiness;

import io.handfast.access.Authentication;
import io.handfast.access.SameOrigin;
import io.handfast.coordination.TransactionsConfig;
import io.handfast.node.LiteralSecrets;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.Check.Findings;
import io.handfast.recovery.RecoveryConfig;
import io.handfast.transaction.TransactionId;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeSet;

/** What must be right with the values of this node's configuration. */
final class ConfigurationChecks {

  private static final String NODE = "handfast.node";
  private static final String LEASE = "handfast.transactions.lease";
  private static final String LONGEST_LEASE = "handfast.transactions.longest-lease";
  private static final String INTERVAL = "handfast.recovery.interval";
  private static final String RETRY_INTERVAL = "handfast.recovery.retry-interval";

  private ConfigurationChecks() {}

  /**
   * Whether every expression in the configuration has a value; a key without one counts as unset.
   */
  static Check expressions(SmallRyeConfig config) {
    return Check.ofNode(
            "configuration-expressions",
            findings -> {
              TreeSet<String> keys = new TreeSet<>();
              config.getPropertyNames().forEach(keys::add);
              for (String key : keys) {
                boolean isSecret = LiteralSecrets.isSecret(key);
                if ((key.startsWith("handfast.") || isSecret) && !isResolved(key, config)) {
                  findings.refuses(
                      key,
                      "has an expression whose name has no value, so that the key would count as unset",
                      isSecret
                          ? "set the variable or property that it names, or give the password itself"
                          : "set the variable or property that it names, or write \\${ where ${ is meant");
                }
              }
            })
        .notAcceptable();
  }

  private static boolean isResolved(String key, SmallRyeConfig config) {
    try {
      ConfigValue value = config.getConfigValue(key);
      return value.getValue() != null || value.getRawValue() == null;
    } catch (IllegalArgumentException e) { // an expression that names nothing
      return false;
    }
  }

  /**
   * Whether this coordinator has a name of its own. Branch ids carry the name: without one there is
   * no transaction.
   */
  static Check nodeName(NodeConfig config, boolean hasBrokerInside) {
    return Check.ofNode(
            "node-name",
            findings -> {
              Optional<String> node = config.node();
              boolean isEmbedded = hasBrokerInside && NodeConfig.isEmbedded(config);
              if (node.isEmpty() && !isEmbedded) {
                findings.refuses(
                    NODE,
                    "is not set",
                    "give this coordinator a name that is unique and stable among those that share its broker or a database, such as handfast.node=orders-1");
              }
              node.filter(name -> !TransactionId.NODE_NAME.matcher(name).matches())
                  .ifPresent(
                      name ->
                          findings.refuses(
                              NODE, "is '" + name + "'", "use 1 to 24 of a-z, 0-9 and the hyphen"));
            })
        .notAcceptable();
  }

  /**
   * Whether only this machine can reach the service, or callers must say who they are. Who can
   * reach the service can take messages and send SQL, so it is never left open.
   *
   * @param isAuthenticated whether callers must say who they are
   */
  static Check httpHost(String host, boolean isAuthenticated) {
    return Check.ofNode(
            "http-host",
            findings -> {
              if (!SameOrigin.isLoopback(host) && !isAuthenticated) {
                findings.refuses(
                    "quarkus.http.host",
                    "is " + host + ", where any host that can reach it may use this service",
                    "use 127.0.0.1, or have callers say who they are: set %s.\"name\" with a role, or %s, or %s with a trust store"
                        .formatted(
                            Authentication.USERS,
                            Authentication.TOKEN_ISSUER,
                            Authentication.CERTIFICATE_ROLES));
              }
            })
        .notAcceptable();
  }

  /** Whether the times of the configuration are times, and in their order. */
  static Check timeouts(NodeConfig node, RecoveryConfig recovery, TransactionsConfig transactions) {
    return Check.ofNode(
        "timeouts",
        findings -> {
          String restless = "recovery would never rest";
          atLeastAMilli(INTERVAL, recovery.interval(), restless, findings);
          atLeastAMilli(RETRY_INTERVAL, recovery.retryInterval(), restless, findings);
          String tooShort = "no client could settle in time";
          atLeastAMilli(LEASE, transactions.lease(), tooShort, findings);
          atLeastAMilli(LONGEST_LEASE, transactions.longestLease(), tooShort, findings);
          atLeastAMilli(
              "handfast.transactions.keep-outcomes",
              transactions.keepOutcomes(),
              "a repeated commit would not get the same answer",
              findings);
          if (node.shutdownTimeout().isNegative()) {
            findings.refuses(
                "handfast.shutdown-timeout",
                "is " + node.shutdownTimeout(),
                "use PT0S to give units in flight back at once, or more");
          }
          if (node.nodeNamePatience().isNegative()) {
            findings.refuses(
                "handfast.node-name-patience",
                "is " + node.nodeNamePatience(),
                "use PT0S to be refused at once while another coordinator holds the name, or more");
          }
          if (findings.all().isEmpty()) {
            inOrder(recovery, transactions, findings);
          }
        });
  }

  private static void atLeastAMilli(
      String key, Duration value, String consequence, Findings findings) {
    if (value.compareTo(Duration.ofMillis(1)) < 0) {
      findings.refuses(key, "is " + value + ": " + consequence, "use a positive duration");
    }
  }

  private static void inOrder(
      RecoveryConfig recovery, TransactionsConfig transactions, Findings findings) {
    if (recovery.retryInterval().compareTo(recovery.interval()) > 0) {
      findings.warns(
          RETRY_INTERVAL,
          "is %s, longer than %s = %s: a participant that comes back is noticed later than one that never left"
              .formatted(recovery.retryInterval(), INTERVAL, recovery.interval()),
          "use a shorter one");
    }
    if (transactions.lease().compareTo(transactions.longestLease()) > 0) {
      findings.warns(
          LEASE,
          "is %s, longer than %s = %s: a call that asks for nothing gets more than any may ask for"
              .formatted(transactions.lease(), LONGEST_LEASE, transactions.longestLease()),
          "use one that is not longer");
    }
  }
}

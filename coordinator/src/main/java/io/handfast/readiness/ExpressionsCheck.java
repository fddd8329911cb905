package io.handfast.readiness;

import io.handfast.node.LiteralSecrets;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Whether every expression in the configuration has a value; a key without one counts as unset. */
final class ExpressionsCheck implements Check {

  private static final String OURS = "handfast.";

  private final SmallRyeConfig config;

  ExpressionsCheck(SmallRyeConfig config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "configuration-expressions";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  @Override
  public boolean isAcceptable() {
    return false;
  }

  @Override
  public List<Finding> findings(Known known) {
    List<Finding> findings = new ArrayList<>();
    TreeSet<String> keys = new TreeSet<>();
    config.getPropertyNames().forEach(keys::add);
    for (String key : keys) {
      boolean isLooked = key.startsWith(OURS) || LiteralSecrets.isSecret(key);
      if (isLooked && !isResolved(key)) {
        findings.add(
            refuses(
                key,
                "has an expression whose name has no value, so that the key would count as unset",
                LiteralSecrets.isSecret(key)
                    ? "set the variable or property that it names, or give the password itself"
                    : "set the variable or property that it names, or write \\${ where ${ is meant"));
      }
    }
    return findings;
  }

  private boolean isResolved(String key) {
    try {
      ConfigValue value = config.getConfigValue(key);
      return value.getValue() != null || value.getRawValue() == null;
    } catch (IllegalArgumentException e) { // an expression that names nothing
      return false;
    }
  }
}

package io.handfast.readiness;

import io.handfast.node.NodeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Whether every database has a URL, and a name that branch ids can carry. */
final class DatabaseNamesCheck implements Check {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

  private final NodeConfig config;

  DatabaseNamesCheck(NodeConfig config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "database-names";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  /** Without a name or a URL there is no database. */
  @Override
  public boolean isAcceptable() {
    return false;
  }

  @Override
  public List<Finding> findings(Known known) {
    List<Finding> findings = new ArrayList<>();
    config
        .database()
        .forEach(
            (name, database) -> {
              if (!NAME.matcher(name).matches()) {
                findings.add(
                    refuses(
                        "handfast.database.\"" + name + "\"",
                        "is a name that branch ids cannot carry",
                        "use 1 to 32 of A-Z, a-z, 0-9, _ and -"));
              } else if (database.url().isEmpty() && !name.equals(NodeConfig.DEFAULT_DATABASE)) {
                findings.add(refuses(DatabaseUrls.keyOf(name), "is not set", "give it a JDBC URL"));
              }
            });
    return findings;
  }
}

package io.handfast.coordination;

import io.handfast.database.InvalidStatementException;
import io.handfast.database.StatementTemplate;
import io.handfast.node.NodeConfig;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The statements that clients may run: named ones, and their own where that is allowed. */
@Singleton
public class ClientStatements {

  private final boolean isOwnSqlAllowed;
  private final Map<String, StatementTemplate> named = new TreeMap<>();

  /**
   * Reads the configuration.
   *
   * @throws IllegalArgumentException a named statement is not one
   */
  public ClientStatements(ClientSqlConfig config, NodeConfig node) {
    this.isOwnSqlAllowed = config.clientSql().orElseGet(() -> NodeConfig.isEmbedded(node));
    config.statements().forEach((name, sql) -> named.put(name, parsed(name, sql)));
  }

  private static StatementTemplate parsed(String name, String sql) {
    try {
      return StatementTemplate.parse(sql);
    } catch (InvalidStatementException e) {
      throw new IllegalArgumentException(
          "handfast.statements.\"%s\": %s".formatted(name, e.getMessage()), e);
    }
  }

  /** Whether clients may send SQL. */
  boolean isOwnSqlAllowed() {
    return isOwnSqlAllowed;
  }

  Optional<StatementTemplate> named(String name) {
    return Optional.ofNullable(named.get(name));
  }
}

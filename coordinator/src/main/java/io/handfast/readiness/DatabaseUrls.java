package io.handfast.readiness;

import io.handfast.database.DatabaseSettings;
import io.handfast.node.NodeConfig;
import java.util.Map;
import java.util.TreeMap;

/** The JDBC URLs of the configuration. */
final class DatabaseUrls {

  private DatabaseUrls() {}

  /** The key of a database's URL. */
  static String keyOf(String database) {
    return database.equals(NodeConfig.DEFAULT_DATABASE)
        ? "handfast.database.url"
        : "handfast.database.\"" + database + "\".url";
  }

  /** Every database that has a URL, by the key of the URL. */
  static Map<String, DatabaseSettings> of(NodeConfig config) {
    Map<String, DatabaseSettings> databases = new TreeMap<>();
    config
        .database()
        .forEach(
            (name, database) ->
                database
                    .url()
                    .ifPresent(
                        url -> databases.put(keyOf(name), new DatabaseSettings(url, null, null))));
    return databases;
  }

  /** Whether a URL begins with this scheme. */
  static boolean isUsed(NodeConfig config, String scheme) {
    return of(config).values().stream().anyMatch(database -> database.url().startsWith(scheme));
  }
}

package io.handfast.readiness;

import io.handfast.node.NodeConfig;
import java.util.Map;
import java.util.TreeMap;

/** The JDBC URLs of the configuration. */
final class DatabaseUrls {

  static final String POSTGRESQL = "jdbc:postgresql:";
  static final String H2 = "jdbc:h2:";

  private DatabaseUrls() {}

  /** The key of a database's URL. */
  static String keyOf(String database) {
    return database.equals(NodeConfig.DEFAULT_DATABASE)
        ? "handfast.database.url"
        : "handfast.database.\"" + database + "\".url";
  }

  /** The URLs that begin with a scheme, by their key. */
  static Map<String, String> of(NodeConfig config, String scheme) {
    Map<String, String> urls = new TreeMap<>();
    config
        .database()
        .forEach(
            (name, database) ->
                database
                    .url()
                    .filter(url -> url.startsWith(scheme))
                    .ifPresent(url -> urls.put(keyOf(name), url)));
    return urls;
  }
}

package io.handfast.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.database.DatabaseSettings;
import io.handfast.message.BrokerSettings;
import io.handfast.node.NodeConfig;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The broker and the database inside this process, as far as the configuration names none outside.
 *
 * <p>Started once, at start, and closed last.
 */
@Singleton
public class EmbeddedParts implements BrokerInside, AutoCloseable {

  private static final String ORDERS = "orders";

  private final NodeConfig config;
  private final ObjectMapper json;
  private final Instance<EmbeddedBroker> brokers;
  private @Nullable EmbeddedBroker broker;
  private @Nullable EmbeddedDatabase database;

  EmbeddedParts(NodeConfig config, ObjectMapper json, Instance<EmbeddedBroker> brokers) {
    this.config = config;
    this.json = json;
    this.brokers = brokers;
  }

  @Override
  public boolean isAvailable() {
    return brokers.isResolvable();
  }

  /** Starts an embedded broker; only where one is available. */
  public BrokerSettings startBroker() {
    EmbeddedBroker starting = brokers.get();
    String url =
        starting.start(config.dataDirectory().resolve("broker"), config.embedded().brokerPort());
    broker = starting;
    return new BrokerSettings(url, null, null);
  }

  /** Opens an embedded database. */
  public DatabaseSettings openDatabase() {
    database = new EmbeddedDatabase(config.dataDirectory());
    return new DatabaseSettings(database.url(), EmbeddedDatabase.USER, EmbeddedDatabase.PASSWORD);
  }

  /** Whether the broker is inside this process. */
  public boolean isBrokerOpen() {
    return broker != null;
  }

  /** The URL by which another process opens the embedded database; null where there is none. */
  public @Nullable String databaseUrl() {
    return database == null ? null : database.url();
  }

  /** The delivery that is ready at a first run: queue orders to table orders. */
  public Map<String, JsonNode> firstRunDeliveries() {
    if (broker == null || database == null) {
      return Map.of();
    }
    database.createOrders();
    ObjectNode delivery = json.createObjectNode();
    delivery.putObject("source").put("queue", ORDERS);
    delivery
        .putObject("sink")
        .putArray("statements")
        .add("INSERT INTO orders(id, item, qty) VALUES (:id, :item, :qty)");
    return Map.of(ORDERS, delivery);
  }

  @Override
  public void close() {
    if (database != null) {
      database.close();
    }
    if (broker != null) {
      broker.close();
    }
  }
}

package io.handfast.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.database.DatabaseSettings;
import io.handfast.message.BrokerSettings;
import io.handfast.node.NodeConfig;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.OptionalInt;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The broker and the database inside this process, as far as the configuration names none outside.
 *
 * <p>Started once, at start, and closed last.
 */
@Singleton
public class EmbeddedParts implements InProcessBrokerSupport, AutoCloseable {

  private static final Logger LOG = Logger.getLogger(EmbeddedParts.class);
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

  /**
   * The port of the broker that would be started, where another process listens on it already.
   * Asked before anything is opened.
   */
  public OptionalInt takenPort() {
    int port = config.embedded().brokerPort();
    boolean isStarted = config.broker().isEmbedded() && isAvailable();
    return isStarted && isTaken(port) ? OptionalInt.of(port) : OptionalInt.empty();
  }

  /**
   * Whether nothing more can listen on a port of 127.0.0.1; never for 0, which picks a free one.
   */
  static boolean isTaken(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return !socket.isBound();
    } catch (IOException e) {
      return true;
    }
  }

  /** Starts an embedded broker; only where one is available. */
  public BrokerSettings startBroker() {
    EmbeddedBroker starting = brokers.get();
    String inside =
        starting.start(config.dataDirectory().resolve("broker"), config.embedded().brokerPort());
    broker = starting;
    LOG.infof(
        "embedded broker started url=%s: handfast.broker.url is not set", starting.outsideUrl());
    return new BrokerSettings(inside, null, null);
  }

  /** The URL by which other processes reach the embedded broker; null where there is none. */
  public @Nullable String brokerUrl() {
    return broker == null ? null : broker.outsideUrl();
  }

  /** Opens an embedded database. */
  public DatabaseSettings openDatabase() {
    database = new EmbeddedDatabase(config.dataDirectory());
    LOG.infof("embedded database opened url=%s: handfast.database.url is not set", database.url());
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

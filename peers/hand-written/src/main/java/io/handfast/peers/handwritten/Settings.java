package io.handfast.peers.handwritten;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** What is asked of this peer, from the environment. */
record Settings(Map<String, String> environment) {

  private String get(String key) {
    String value = environment.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is not set");
    }
    return value;
  }

  private int number(String key, int otherwise) {
    return Integer.parseInt(environment.getOrDefault(key, Integer.toString(otherwise)));
  }

  String mode() {
    return get("MODE");
  }

  String queue() {
    return get("QUEUE");
  }

  int consumers() {
    return number("CONSUMERS", 1);
  }

  int batch() {
    return number("BATCH", 100);
  }

  int count() {
    return number("COUNT", 0);
  }

  int bodyBytes() {
    return number("BODY_BYTES", 230);
  }

  /** A connection to the broker that has its own factory, and so its own socket. */
  Connection connect() throws JMSException {
    @SuppressWarnings("resource") // holds nothing but what the connection closes
    ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(get("BROKER_URL"));
    return factory.createConnection(get("BROKER_USER"), get("BROKER_PASSWORD"));
  }

  /** One connection to the database for each consumer. */
  HikariDataSource database() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(get("DATABASE_URL"));
    config.setUsername(get("DATABASE_USER"));
    config.setPassword(environment.getOrDefault("DATABASE_PASSWORD", ""));
    config.setMaximumPoolSize(consumers());
    config.setAutoCommit(false);
    return new HikariDataSource(config);
  }
}

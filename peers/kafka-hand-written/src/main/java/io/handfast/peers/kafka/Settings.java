package io.handfast.peers.kafka;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What is asked of this peer, from the environment. */
record Settings(Map<String, String> environment) {

  private String get(String key) {
    String value = environment.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is not set");
    }
    return value;
  }

  String mode() {
    return get("MODE");
  }

  String topic() {
    return get("TOPIC");
  }

  int consumers() {
    return Integer.parseInt(environment.getOrDefault("CONSUMERS", "1"));
  }

  /** A member of the group; as many records come from one poll as go into one transaction. */
  KafkaConsumer<String, String> consumer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, get("BROKER_URL"));
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, environment.getOrDefault("GROUP", "peer"));
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, environment.getOrDefault("BATCH", "500"));
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
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

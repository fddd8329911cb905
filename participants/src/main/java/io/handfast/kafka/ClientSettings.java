package io.handfast.kafka;

import io.handfast.message.LeaseBound;
import io.handfast.message.MessageLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The settings of Kafka's clients: the user's as they are, those that the protocol needs, and for
 * what the user leaves open, bounds that fit the others of Handfast.
 */
final class ClientSettings {

  /** A setting that the user cannot change. */
  private record Fixed(String value, String reason) {}

  private static final String BYTES = ByteArrayDeserializer.class.getName();

  private static final Map<String, Fixed> FIXED =
      Map.of(
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          new Fixed(BYTES, "Handfast reads keys itself"),
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          new Fixed(BYTES, "Handfast reads bodies itself"),
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          new Fixed("false", "positions move with the rows, and by nothing else"),
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          new Fixed("none", "messages that are gone are an operator's decision, never passed over"),
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          new Fixed("read_committed", "what a producer has rolled back must not become a row"),
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          new Fixed("classic", "the newer one left partitions of a killed member to no other"),
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          new Fixed(
              CooperativeStickyAssignor.class.getName(),
              "all members of a group must use one, and this one lets them work on meanwhile"),
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
          new Fixed("false", "a mistyped name must not become a topic"));

  /** Those that Handfast sets for each consumer: no value of the user's fits all. */
  private static final Map<String, String> OWN =
      Map.of(
          ConsumerConfig.GROUP_ID_CONFIG,
          "the specification of a delivery names its group (source.kafka.group)",
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          "all consumers of this node would be one member");

  private static final int LARGEST_FETCH_OF_A_PARTITION = 1024 * 1024;

  private static final String NAME = "handfast";

  /** Between the end of a lease and the moment at which Kafka would give a consumer up. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private static final AtomicLong CLIENTS = new AtomicLong();

  private final Map<String, String> given;
  private final Map<String, Object> consumer = new HashMap<>();

  /**
   * Reads them, and connects to nothing.
   *
   * @throws IllegalArgumentException a key contradicts what the protocol needs, or the addresses of
   *     the brokers are missing
   */
  ClientSettings(Map<String, String> given, MessageLimits limits) {
    this.given = Map.copyOf(given);
    require(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
    given.forEach(ClientSettings::requireFitting);
    consumer.putAll(bounds(limits));
    consumer.putAll(given);
    FIXED.forEach((key, fixed) -> consumer.put(key, fixed.value()));
  }

  private void require(String key) {
    if (given.getOrDefault(key, "").isBlank()) {
      throw new IllegalArgumentException(
          "%s is missing: the addresses of the brokers, such as kafka-1:9092,kafka-2:9092"
              .formatted(key));
    }
  }

  private static void requireFitting(String key, String value) {
    Fixed fixed = FIXED.get(key);
    if (fixed != null && !fixed.value().equalsIgnoreCase(value.strip())) {
      throw new IllegalArgumentException(
          "%s is always %s here: %s; remove the key".formatted(key, fixed.value(), fixed.reason()));
    }
    if (OWN.containsKey(key)) {
      throw new IllegalArgumentException(
          "%s cannot be set here: %s; remove the key".formatted(key, OWN.get(key)));
    }
  }

  /** The client's own would let a call wait for a minute, and buffer 50 MB. */
  private static Map<String, Object> bounds(MessageLimits limits) {
    int fetch = (int) Math.min(Integer.MAX_VALUE, limits.unit());
    Map<String, Object> bounds = new HashMap<>();
    bounds.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
    bounds.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    bounds.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "10000");
    bounds.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "1000");
    bounds.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, "360000"); // longer than any unit
    bounds.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "30000"); // sees added partitions
    bounds.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, String.valueOf(fetch));
    bounds.put(
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
        String.valueOf(Math.min(fetch, LARGEST_FETCH_OF_A_PARTITION)));
    bounds.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, "false");
    return bounds;
  }

  /** The settings of one consumer of a group. */
  Map<String, Object> ofConsumer(String group) {
    Map<String, Object> settings = new HashMap<>(consumer);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId());
    return settings;
  }

  /** The settings of the client that asks about topics: those of the user's that it knows. */
  Map<String, Object> ofAdministration() {
    Map<String, Object> settings = new HashMap<>(consumer);
    settings.keySet().retainAll(AdminClientConfig.configNames());
    given.forEach(settings::putIfAbsent); // such as those of a login module
    settings.keySet().removeIf(key -> FIXED.containsKey(key));
    settings.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId());
    return settings;
  }

  /** Two clients of one name would take each other's metrics. */
  private String clientId() {
    return "%s-%d"
        .formatted(
            given.getOrDefault(ConsumerConfig.CLIENT_ID_CONFIG, NAME), CLIENTS.incrementAndGet());
  }

  /** Whether a client of this name is probably a session of Handfast, of this node or another. */
  boolean isOwn(String clientId) {
    String prefix = given.getOrDefault(ConsumerConfig.CLIENT_ID_CONFIG, NAME);
    return List.of(prefix, NAME).stream()
        .anyMatch(known -> clientId.matches(Pattern.quote(known) + "-\\d+"));
  }

  /** How long a consumer may work between two polls. */
  Duration longestUnit() {
    return Duration.ofMillis(
        Long.parseLong(
            String.valueOf(consumer.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG)).strip()));
  }

  /** For how long a client may keep records, who would be given up otherwise as a consumer is. */
  LeaseBound leaseBound() {
    Duration interval = longestUnit();
    Duration half = interval.dividedBy(2);
    Duration margin = half.compareTo(MARGIN) < 0 ? half : MARGIN;
    return new LeaseBound(
        interval.minus(margin),
        "%s is %d, and %s are kept free"
            .formatted(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, interval.toMillis(), margin));
  }

  /** Where the brokers are. */
  String brokers() {
    return given.getOrDefault(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "");
  }

  /**
   * The user's keys that no client knows, in order. They are passed on all the same: a class that
   * the user adds may read them.
   */
  List<String> unknownKeys() {
    Map<String, String> unknown = new TreeMap<>(given);
    unknown.keySet().removeAll(ConsumerConfig.configNames());
    unknown.keySet().removeAll(AdminClientConfig.configNames());
    return List.copyOf(unknown.keySet());
  }
}

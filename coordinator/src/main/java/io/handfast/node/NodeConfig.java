package io.handfast.node;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithUnnamedKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Configuration of the node's name, its data directory, and its connections. */
@ConfigMapping(prefix = "handfast")
public interface NodeConfig {

  /** The name of the database that {@code handfast.database.url} without a name stands for. */
  String DEFAULT_DATABASE = "default";

  /**
   * The node's name, {@code [a-z0-9-]{1,24}}; {@code local} in the embedded run, another one at
   * each start where no delivery needs a decision log, and required otherwise. Unique and stable
   * among coordinators that share a broker or a database: a second one of the name does not start.
   */
  Optional<String> node();

  /**
   * Where the decision log, created deliveries, and the embedded broker and database are kept.
   * Losing it loses the decisions on transactions that were in flight.
   */
  @WithDefault("data")
  Path dataDirectory();

  /** The broker that messages come from. */
  BrokerConfig broker();

  /** The databases that rows go to; the one without a name is the default. */
  @WithUnnamedKey(DEFAULT_DATABASE)
  Map<String, DatabaseConfig> database();

  /** The broker and the database inside this process, for a first run. */
  EmbeddedConfig embedded();

  /** The ids by which idempotency recognises second copies. */
  InboxConfig inbox();

  /**
   * How long units of work in flight may take to end when the process is told to stop, or the node
   * is drained. What has not ended by then is given back to the queue and comes again.
   */
  @WithDefault("PT10S")
  Duration shutdownTimeout();

  /**
   * How long a start waits for the node's name where a participant keeps it for another
   * coordinator, which may be this node's own past: a participant notices that a machine has
   * vanished when its connections time out. The start is refused then.
   */
  @WithDefault("PT15S")
  Duration nodeNamePatience();

  /** The dead letters in tables. */
  DeadLettersConfig deadLetters();

  /** The names of the participants inside this process: those that have no address. */
  static List<String> embedded(NodeConfig config) {
    List<String> embedded = new ArrayList<>();
    if (config.broker().isEmbedded()) {
      embedded.add("broker");
    }
    DatabaseConfig database = config.database().get(DEFAULT_DATABASE);
    if (database == null || database.url().isEmpty()) {
      embedded.add(Participants.participantName(DEFAULT_DATABASE));
    }
    return embedded;
  }

  /** Whether a configuration names neither a broker nor a database outside this process. */
  static boolean isEmbedded(NodeConfig config) {
    return config.broker().url().isEmpty()
        && config.database().values().stream().allMatch(database -> database.url().isEmpty());
  }

  /** A broker connection. */
  interface BrokerConfig {

    /**
     * Whether there is a broker; without one, deliveries take from other sources, and nothing can
     * be sent to a queue. An address is refused then.
     */
    @WithDefault("true")
    boolean enabled();

    /**
     * Artemis connection URL, failover lists included; unset starts an embedded broker, and refuses
     * to start in the native program, which has none.
     */
    Optional<String> url();

    /** The broker user; unset connects without credentials. */
    Optional<String> username();

    /** The broker user's password. Never logged. */
    Optional<String> password();

    /** Whether the broker is inside this process. */
    default boolean isEmbedded() {
      return enabled() && url().isEmpty();
    }
  }

  /** A database connection. */
  interface DatabaseConfig {

    /** JDBC URL whose scheme picks the dialect; unset opens an embedded H2. */
    Optional<String> url();

    /** The database user; unset leaves it to the URL. */
    Optional<String> username();

    /** The database user's password. Never logged. */
    Optional<String> password();

    /**
     * The schema of Handfast's own table, {@code handfast_inbox}, as the database stores its name;
     * unset: where the user's tables are made. It must be there.
     */
    Optional<String> schema();
  }

  /** The dead letters of sources that take no messages. */
  interface DeadLettersConfig {

    /** How long a dead letter is kept in a table, a minute at least; then it is removed. */
    @WithDefault("P30D")
    Duration keep();
  }

  /** What idempotency keeps. */
  interface InboxConfig {

    /**
     * How long the id of a record of Kafka is kept after the record was applied; a sender's
     * repetition after that is applied again. Ids of messages of the broker go as soon as it has
     * confirmed that the messages are gone.
     */
    @WithDefault("PT24H")
    Duration keep();
  }

  /** Where the embedded parts listen. */
  interface EmbeddedConfig {

    /** Port of the embedded broker on 127.0.0.1; 0 picks a free one. */
    @WithDefault("61616")
    int brokerPort();
  }
}

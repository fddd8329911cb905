package io.handfast;

import io.handfast.artemis.ArtemisBroker;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSettings;
import io.handfast.database.JdbcDatabase;
import io.handfast.embedded.EmbeddedParts;
import io.handfast.kafka.KafkaTopics;
import io.handfast.message.Broker;
import io.handfast.message.BrokerSettings;
import io.handfast.message.SourceConnector;
import io.handfast.node.KafkaConfig;
import io.handfast.node.MemoryConfig;
import io.handfast.node.NoBroker;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.node.SqsConfig;
import io.handfast.queue.BlockedSendsLog;
import io.handfast.sqs.SqsQueues;
import io.handfast.sqs.SqsSettings;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The broker and the databases of the configuration; embedded ones where it names none, and no
 * broker where it says so.
 */
@Singleton
class ConfiguredParticipants {

  private static final Logger LOG = Logger.getLogger(ConfiguredParticipants.class);

  private final NodeConfig config;
  private final KafkaConfig kafka;
  private final SqsConfig sqs;
  private final MemoryConfig memory;
  private final EmbeddedParts embedded;

  ConfiguredParticipants(
      NodeConfig config,
      KafkaConfig kafka,
      SqsConfig sqs,
      MemoryConfig memory,
      EmbeddedParts embedded) {
    this.config = config;
    this.kafka = kafka;
    this.sqs = sqs;
    this.memory = memory;
    this.embedded = embedded;
  }

  /** Starts the embedded ones; asks none of them. */
  Participants open(CloseSequence ends, Clock clock) {
    ends.add(deadline -> embedded.close());
    Broker broker = config.broker().enabled() ? broker() : new NoBroker();
    return new Participants(broker, topics(ends), Optional.of(queues(ends, clock)), databases());
  }

  /** Connects to nothing before a delivery does. */
  private SourceConnector queues(CloseSequence ends, Clock clock) {
    SqsSettings settings = new SqsSettings(sqs.endpoint().orElse(null), sqs.region().orElse(null));
    SqsQueues queues = new SqsQueues(settings, MemoryConfig.limits(memory), clock);
    ends.add(deadline -> queues.close());
    return queues;
  }

  /** None where no key is set: Kafka has no address that could be guessed. */
  private Optional<SourceConnector> topics(CloseSequence ends) {
    if (kafka.client().isEmpty()) {
      return Optional.empty();
    }
    try {
      KafkaTopics topics = new KafkaTopics(kafka.client(), MemoryConfig.limits(memory));
      ends.add(deadline -> topics.close());
      topics
          .unknownKeys()
          .forEach(
              key ->
                  LOG.warnf(
                      "kafka setting not known key=handfast.kafka.\"%s\": Kafka's client has no such key, and is given it all the same; correct its name, unless a class of your own reads it",
                      key));
      return Optional.of(topics);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("handfast.kafka: " + e.getMessage(), e);
    }
  }

  private Broker broker() {
    NodeConfig.BrokerConfig broker = config.broker();
    BrokerSettings settings =
        broker.url().isPresent()
            ? new BrokerSettings(
                broker.url().get(), broker.username().orElse(null), broker.password().orElse(null))
            : embedded.startBroker();
    return new ArtemisBroker(settings, MemoryConfig.limits(memory), new BlockedSendsLog());
  }

  private Map<String, Database> databases() {
    Map<String, Database> databases = new LinkedHashMap<>();
    config
        .database()
        .forEach(
            (name, database) ->
                database
                    .url()
                    .ifPresent(
                        url -> databases.put(name, database(name, settings(url, database)))));
    databases.computeIfAbsent(
        NodeConfig.DEFAULT_DATABASE, name -> database(name, embedded.openDatabase()));
    return databases;
  }

  private static DatabaseSettings settings(String url, NodeConfig.DatabaseConfig database) {
    return new DatabaseSettings(
        url,
        database.username().orElse(null),
        database.password().orElse(null),
        database.schema().orElse(null));
  }

  private static Database database(String name, DatabaseSettings settings) {
    return new JdbcDatabase(Participants.participantName(name), settings);
  }
}

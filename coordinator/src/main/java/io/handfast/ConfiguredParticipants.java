package io.handfast;

import io.handfast.artemis.ArtemisBroker;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSettings;
import io.handfast.database.JdbcDatabase;
import io.handfast.embedded.EmbeddedParts;
import io.handfast.message.Broker;
import io.handfast.message.BrokerSettings;
import io.handfast.node.MemoryConfig;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.queue.BlockedSendsLog;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;

/** The broker and the databases of the configuration; embedded ones where it names none. */
@Singleton
class ConfiguredParticipants {

  private final NodeConfig config;
  private final MemoryConfig memory;
  private final EmbeddedParts embedded;

  ConfiguredParticipants(NodeConfig config, MemoryConfig memory, EmbeddedParts embedded) {
    this.config = config;
    this.memory = memory;
    this.embedded = embedded;
  }

  /** Starts the embedded ones; asks none of them. */
  Participants open(CloseSequence ends) {
    ends.add(deadline -> embedded.close());
    return new Participants(broker(), databases());
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

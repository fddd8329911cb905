package io.handfast.node;

import io.handfast.database.Database;
import io.handfast.message.Broker;
import io.handfast.message.SourceConnector;
import io.handfast.message.Sources;
import io.handfast.participant.Participant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The broker, if there is one, and the databases that this node knows. Immutable. */
public class Participants {

  /** The participant that stands for the log itself, where a transaction has no other. */
  public static final String OUTCOME = "outcome";

  private final Broker broker;
  private final Optional<SourceConnector> partitions;
  private final Optional<SourceConnector> leases;
  private final Map<String, Database> databases;

  /**
   * The participants of a configuration.
   *
   * @param databases by their names; {@link NodeConfig#DEFAULT_DATABASE} is the one without a name
   */
  public Participants(Broker broker, Map<String, Database> databases) {
    this.broker = broker;
    this.partitions = Optional.empty();
    this.leases = Optional.empty();
    this.databases = new LinkedHashMap<>(databases);
  }

  /**
   * The participants of a configuration, with sources that take part in no transaction.
   *
   * @param partitions topics whose partitions keep their messages
   * @param leases queues that lease their messages
   * @param databases by their names; {@link NodeConfig#DEFAULT_DATABASE} is the one without a name
   */
  public Participants(
      Broker broker,
      Optional<SourceConnector> partitions,
      Optional<SourceConnector> leases,
      Map<String, Database> databases) {
    this.broker = broker;
    this.partitions = partitions;
    this.leases = leases;
    this.databases = new LinkedHashMap<>(databases);
  }

  /** The broker; {@link NoBroker} where this node has none. */
  public Broker broker() {
    return broker;
  }

  /** Where messages come from. */
  public Sources sources() {
    return new Sources(
        Optional.<SourceConnector>of(broker).filter(one -> broker.isPresent()), partitions, leases);
  }

  /** The database of a name; {@link NodeConfig#DEFAULT_DATABASE} is the one without a name. */
  public Optional<Database> database(String name) {
    return Optional.ofNullable(databases.get(name));
  }

  /** The names of all databases. */
  public Collection<String> databaseNames() {
    return databases.keySet();
  }

  /** Every participant: the broker first, where there is one, then the databases. */
  public List<Participant> all() {
    List<Participant> all = new ArrayList<>();
    if (broker.isPresent()) {
      all.add(broker);
    }
    all.addAll(databases.values());
    return all;
  }

  /** The participant's name of a configured database. */
  public static String participantName(String database) {
    return database.equals(NodeConfig.DEFAULT_DATABASE) ? "database" : "database:" + database;
  }
}

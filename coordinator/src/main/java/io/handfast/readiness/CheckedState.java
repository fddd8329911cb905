package io.handfast.readiness;

import io.handfast.database.Database;
import io.handfast.database.Marker;
import io.handfast.database.ServerSettings;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.Style;
import io.handfast.message.AddressRules;
import io.handfast.message.Broker;
import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.DuplicateIdMemory;
import io.handfast.message.GroupState;
import io.handfast.message.LeasedQueue;
import io.handfast.message.Source;
import io.handfast.message.SourceConnector;
import io.handfast.node.Participants;
import io.handfast.recovery.Recovery;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The state that checks inspect: the deliveries, and the last answers of their participants.
 *
 * @param deliveries by name
 * @param databases by the name of the configuration; those that were never reached are missing
 * @param broker null while it was not asked, or would not answer
 * @param nonPersistent how many messages came by delivery that a crash of the broker would have
 *     lost
 * @param brokerRefusal why the broker's management would not answer; null where it did
 * @param topics what sources said of the topics of deliveries
 */
record CheckedState(
    Map<String, DeliverySpecification> deliveries,
    Map<String, DatabaseState> databases,
    Map<String, Long> nonPersistent,
    @Nullable BrokerState broker,
    @Nullable String brokerRefusal,
    TopicsState topics) {

  /** Before anything was asked. */
  static final CheckedState NOTHING = new CheckedState(Map.of(), Map.of(), null, null);

  /**
   * What a database said of itself.
   *
   * @param maxPreparedTransactions empty where there is no limit
   * @param server null where the database has no server that could be asked
   * @param marker where its marker was made; null where it has none
   * @param deadLetters why its table of dead letters cannot be used; null where it can, and where
   *     no delivery needs it
   * @param at when it was asked
   */
  record DatabaseState(
      OptionalInt maxPreparedTransactions,
      @Nullable ServerSettings server,
      Marker.@Nullable Origin marker,
      @Nullable String deadLetters,
      Instant at) {

    /** One without deliveries that keep dead letters there. */
    DatabaseState(
        OptionalInt maxPreparedTransactions,
        @Nullable ServerSettings server,
        Marker.@Nullable Origin marker,
        Instant at) {
      this(maxPreparedTransactions, server, marker, null, at);
    }

    /** The same, with why dead letters cannot be kept there. */
    DatabaseState with(@Nullable String deadLetters) {
      return new DatabaseState(maxPreparedTransactions, server, marker, deadLetters, at);
    }

    static DatabaseState read(Database database, Instant now) throws SQLException {
      return new DatabaseState(
          database.maxPreparedTransactions(),
          database.serverSettings().orElse(null),
          database.markerOrigin().orElse(null),
          now);
    }
  }

  /**
   * What the broker's management said.
   *
   * @param idMemory how it remembers ids of messages
   * @param sources the rules of the queues that deliveries take messages from, by their names
   * @param targets the rules of the queues that deliveries send to, their sources included
   * @param deadLetters the rules of their dead-letter queues
   * @param at when it was asked
   */
  record BrokerState(
      String version,
      boolean isPersistent,
      DuplicateIdMemory idMemory,
      Map<String, AddressRules> sources,
      Map<String, AddressRules> targets,
      Map<String, AddressRules> deadLetters,
      Instant at) {

    static BrokerState read(
        Broker broker, Collection<DeliverySpecification> deliveries, Instant now)
        throws BrokerException {
      Map<String, AddressRules> sources = new TreeMap<>();
      Map<String, AddressRules> targets = new TreeMap<>();
      Map<String, AddressRules> deadLetters = new TreeMap<>();
      try (BrokerAdministration management = broker.openAdministration()) {
        for (DeliverySpecification delivery : deliveries) {
          if (delivery.isOfBroker()) { // else it takes nothing from a queue
            String source = delivery.source().queueName();
            sources.put(source, management.rulesOf(source));
            deadLetters.put(delivery.deadLetter(), management.rulesOf(delivery.deadLetter()));
          }
          if (delivery.forward() != null) {
            targets.put(delivery.forward(), management.rulesOf(delivery.forward()));
          }
        }
        targets.putAll(sources);
        targets.putAll(deadLetters);
        return new BrokerState(
            management.version(),
            management.isPersistent(),
            management.idMemory(),
            sources,
            targets,
            deadLetters,
            now);
      }
    }
  }

  /**
   * What sources said of the topics of deliveries, and of queues that lease their messages.
   *
   * @param groups by the name of the delivery; those that could not be asked are missing
   * @param queues the same of queues
   * @param at when they were asked; null where none was
   */
  record TopicsState(
      Map<String, GroupState> groups, Map<String, LeasedQueue> queues, @Nullable Instant at) {

    /** No delivery has a queue that leases its messages. */
    TopicsState(Map<String, GroupState> groups, @Nullable Instant at) {
      this(groups, Map.of(), at);
    }

    /** Before any was asked, and where no delivery has one. */
    static final TopicsState NONE = new TopicsState(Map.of(), null);
  }

  /** A delivery, and what the source said of its topic. */
  record Topic(String delivery, DeliverySpecification specification, GroupState group) {}

  /**
   * A database server that was asked.
   *
   * @param database the name that the configuration has for the database
   * @param deliveries those whose consumers hold a connection to it each, by name
   */
  record Server(
      String database,
      ServerSettings settings,
      SortedMap<String, DeliverySpecification> deliveries) {

    /** Where a finding was made, as people and log know it. */
    String at() {
      return " at " + Participants.participantName(database);
    }
  }

  /** Asks the participants that recovery has reached. Used by one thread. */
  record Inspection(
      Participants participants, Recovery recovery, Deliveries deliveries, Clock clock) {

    private static final Logger LOG = Logger.getLogger(CheckedState.class);

    /** The state now; what an unreachable participant has answered before stays. */
    CheckedState after(CheckedState before) {
      Map<String, DeliverySpecification> specifications = new TreeMap<>();
      deliveries.all().forEach(one -> specifications.put(one.name(), one.specification()));
      Map<String, Long> nonPersistent = new TreeMap<>();
      deliveries
          .all()
          .forEach(one -> nonPersistent.put(one.name(), one.counters().nonPersistentMessages()));
      nonPersistent.values().removeIf(count -> count == 0);
      CheckedState now =
          new CheckedState(
              specifications,
              databases(before, specifications.values()),
              nonPersistent,
              before.broker(),
              before.brokerRefusal(),
              topics(before.topics(), specifications));
      boolean isAsked = !participants.broker().isPresent() || isReached(Broker.NAME);
      return isAsked ? withBroker(now) : now;
    }

    /** What cannot be asked now says what it said before. */
    private TopicsState topics(
        TopicsState before, Map<String, DeliverySpecification> specifications) {
      Map<String, GroupState> groups = new TreeMap<>();
      Map<String, LeasedQueue> queues = new TreeMap<>();
      specifications.forEach(
          (name, specification) -> {
            Source source = specification.source();
            Source.Group reader = source.group();
            if (specification.isLeased()) {
              ask(name, queues, before.queues(), () -> of(source).leasedQueue(source.name()));
            }
            if (reader != null) {
              ask(
                  name,
                  groups,
                  before.groups(),
                  () -> of(source).group(source.name(), reader.name()));
            }
          });
      return groups.isEmpty() && queues.isEmpty()
          ? TopicsState.NONE
          : new TopicsState(groups, queues, clock.instant());
    }

    private SourceConnector of(Source source) {
      return participants.sources().of(source);
    }

    /** A question to a source. */
    @FunctionalInterface
    private interface Question<T> {
      T ask() throws BrokerException;
    }

    private static <T> void ask(
        String delivery, Map<String, T> now, Map<String, T> before, Question<T> question) {
      try {
        now.put(delivery, question.ask());
      } catch (BrokerException e) {
        LOG.debugf(e, "source not checked delivery=%s: asking again later", delivery);
        Optional.ofNullable(before.get(delivery)).ifPresent(known -> now.put(delivery, known));
      }
    }

    private static @Nullable String deadLettersProblem(
        Database database, Collection<DeliverySpecification> deliveries, String name)
        throws SQLException {
      boolean isNeeded =
          deliveries.stream().anyMatch(one -> !one.isOfBroker() && name.equals(one.databaseName()));
      if (!isNeeded) {
        return null;
      }
      try {
        database.createDeadLetters(); // as the start of the delivery did
        return null;
      } catch (SQLException e) {
        if (database.isForbidden(e) || database.isReadOnly(e)) {
          return e.getMessage();
        }
        throw e;
      }
    }

    private Map<String, DatabaseState> databases(
        CheckedState before, Collection<DeliverySpecification> deliveries) {
      Map<String, DatabaseState> databases = new TreeMap<>(before.databases());
      for (String name : participants.databaseNames()) {
        Database database = participants.database(name).orElseThrow();
        if (isReached(database.name())) {
          try {
            databases.put(
                name,
                DatabaseState.read(database, clock.instant())
                    .with(deadLettersProblem(database, deliveries, name)));
          } catch (SQLException e) {
            LOG.debugf(e, "not checked participant=%s: asking again later", database.name());
          }
        }
      }
      return databases;
    }

    private CheckedState withBroker(CheckedState now) {
      try {
        BrokerState broker =
            BrokerState.read(participants.broker(), now.deliveries().values(), clock.instant());
        return now.with(broker, null);
      } catch (BrokerException e) {
        return now.with(now.broker(), refusal(e));
      }
    }

    private String refusal(BrokerException e) {
      if (!participants.broker().isPresent()) {
        return e.getMessage();
      }
      return e instanceof BrokerAccessException
          ? e.getMessage()
              + "; give this user the permission 'manage' on the address activemq.management"
          : "the broker's management did not answer: " + e.getMessage() + "; asking again later";
    }

    private boolean isReached(String participant) {
      return recovery.isScanned(List.of(participant)) && recovery.isReached(participant);
    }
  }

  /** Where no delivery has told of messages yet. */
  CheckedState(
      Map<String, DeliverySpecification> deliveries,
      Map<String, DatabaseState> databases,
      @Nullable BrokerState broker,
      @Nullable String brokerRefusal) {
    this(deliveries, databases, Map.of(), broker, brokerRefusal, TopicsState.NONE);
  }

  /** The same, once the broker was asked. */
  private CheckedState with(@Nullable BrokerState broker, @Nullable String refusal) {
    return new CheckedState(deliveries, databases, nonPersistent, broker, refusal, topics);
  }

  /** A delivery with what its source said. */
  Topic topic(String delivery, GroupState group) {
    return new Topic(delivery, Objects.requireNonNull(deliveries.get(delivery)), group);
  }

  /** Whether each source with partitions that a delivery has was asked. */
  boolean isEachTopicKnown() {
    return deliveries.entrySet().stream()
        .filter(one -> one.getValue().isPositioned())
        .allMatch(one -> topics.groups().containsKey(one.getKey()));
  }

  /** The servers that were asked, in the order of their databases. */
  List<Server> servers() {
    List<Server> servers = new ArrayList<>();
    databases.forEach(
        (database, state) -> {
          ServerSettings settings = state.server();
          if (settings != null) {
            servers.add(new Server(database, settings, consuming(database)));
          }
        });
    return servers;
  }

  /** The deliveries into a database, by name. */
  SortedMap<String, DeliverySpecification> into(String database) {
    SortedMap<String, DeliverySpecification> into = new TreeMap<>(deliveries);
    into.values().removeIf(delivery -> !database.equals(delivery.databaseName()));
    return into;
  }

  /** Those whose consumers hold a connection to it each, by name. */
  SortedMap<String, DeliverySpecification> consuming(String database) {
    SortedMap<String, DeliverySpecification> consuming = into(database);
    consuming.values().removeIf(delivery -> delivery.style() != Style.PUSH);
    return consuming;
  }
}

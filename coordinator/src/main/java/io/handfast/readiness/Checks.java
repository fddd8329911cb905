package io.handfast.readiness;

import io.handfast.access.Authentication;
import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.Database;
import io.handfast.database.DriverVersion;
import io.handfast.delivery.Admission;
import io.handfast.delivery.DeliveriesConfig;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.embedded.InProcessBrokerSupport;
import io.handfast.event.Event;
import io.handfast.event.Event.ParticipantReached;
import io.handfast.event.Subscriber;
import io.handfast.input.Violation;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.Check.Finding;
import io.handfast.readiness.CheckedState.DatabaseState;
import io.handfast.readiness.HomeChecks.FileSystem;
import io.handfast.readiness.NodeChecks.ConfigurationFiles;
import io.handfast.recovery.RecoveryConfig;
import io.smallrye.config.SmallRyeConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * All checks of this node, and what they refuse: its start, or a delivery. They are listed in the
 * order in which people read them.
 */
@Singleton
public class Checks {

  private final List<Check> all;
  private final Set<String> accepted;

  @Inject
  Checks(
      NodeConfig node,
      ReadinessConfig readiness,
      RecoveryConfig recovery,
      TransactionsConfig transactions,
      DeliveriesConfig deliveries,
      InProcessBrokerSupport broker,
      Config config) {
    this(
        Stream.of(
                ofNode(
                    node,
                    new HomeChecks(node, deliveries, transactions),
                    broker.isAvailable(),
                    config.unwrap(SmallRyeConfig.class)),
                ofTimes(node, recovery, transactions),
                ofDatabases(node, transactions),
                ofBroker(),
                ofTopics())
            .flatMap(List::stream)
            .toList(),
        readiness.acceptedRisks().orElse(Set.of()));
  }

  Checks(List<Check> checks, Set<String> accepted) {
    this.accepted = accepted;
    List<Check> all = new ArrayList<>(checks);
    all.add(
        Check.ofNode("accepted-risks", findings -> acceptedRisks(checks, accepted, findings))
            .notAcceptable());
    this.all = List.copyOf(all);
  }

  private static List<Check> ofNode(
      NodeConfig node, HomeChecks home, boolean hasBrokerInside, SmallRyeConfig settings) {
    String host = settings.getValue("quarkus.http.host", String.class);
    boolean isAuthenticated = new Authentication(settings).isOn();
    ConfigurationKeys keys = new ConfigurationKeys(settings);
    ConfigurationFiles files = ConfigurationFiles.of(settings);
    return List.of(
        Check.ofNode(
                "configuration-expressions", findings -> NodeChecks.expressions(settings, findings))
            .notAcceptable(),
        Check.ofNode("node-name", findings -> home.name(hasBrokerInside, findings)).notAcceptable(),
        Check.ofNode("broker-url", findings -> BrokerChecks.url(node, hasBrokerInside, findings))
            .notAcceptable(),
        Check.ofNode("database-names", findings -> DatabaseChecks.names(node, findings))
            .notAcceptable(),
        Check.ofNode("http-host", findings -> NodeChecks.httpHost(host, isAuthenticated, findings))
            .notAcceptable(),
        Check.ofNode("configuration-keys", keys::check),
        Check.ofNode("configuration-files", files::check),
        Check.ofDeliveries(
                "log-directory",
                (known, findings) -> home.logDirectory(known, FileSystem::of, findings))
            .restingOn(home::logDirectoryRestsOn));
  }

  private static List<Check> ofTimes(
      NodeConfig node, RecoveryConfig recovery, TransactionsConfig transactions) {
    return List.of(
        Check.ofNode(
            "timeouts", findings -> NodeChecks.timeouts(node, recovery, transactions, findings)),
        Check.ofDeliveries("handler-timeouts", NodeChecks::handlerTimeouts));
  }

  private static List<Check> ofDatabases(NodeConfig node, TransactionsConfig transactions) {
    DriverVersion h2 = DriverVersion.h2();
    DriverVersion postgresql = DriverVersion.postgresql();
    return List.of(
        Check.ofNode("h2-version", findings -> VersionChecks.h2(node, h2, findings)),
        Check.ofDatabases(
            "h2-write-delay",
            (known, findings) -> DatabaseChecks.h2WriteDelay(node, known, findings)),
        Check.ofNode(
            "postgresql-driver",
            findings -> VersionChecks.postgresqlDriver(node, postgresql, findings)),
        Check.ofServers("postgresql-version", VersionChecks::postgresql),
        Check.ofServers("postgresql-durability", DatabaseChecks::durability),
        Check.ofDatabases(
                "prepared-transactions",
                (known, findings) ->
                    DatabaseChecks.preparedTransactions(transactions, known, findings))
            .notAcceptable(),
        Check.ofDatabases("marker-origin", DatabaseChecks::markerOrigin),
        Check.ofDatabases("dead-letter-table", DatabaseChecks::deadLetterTable),
        Check.ofServers(
            "database-connections",
            (server, findings) -> DatabaseChecks.connections(transactions, server, findings)),
        Check.ofServers(
            "database-session-timeouts",
            (server, findings) -> DatabaseChecks.sessionTimeouts(transactions, server, findings)),
        Check.ofServers(
            "database-socket-timeout",
            (server, findings) -> DatabaseChecks.socketTimeout(node, server, findings)));
  }

  private static List<Check> ofTopics() {
    return List.of(
        Check.ofTopics("topic-rights", TopicChecks::rights),
        Check.ofTopics("topic-foreign-members", TopicChecks::foreignMembers),
        Check.ofTopics("topic-idle-consumers", TopicChecks::idleConsumers),
        Check.ofTopics("topic-poll-interval", TopicChecks::pollInterval),
        Check.ofQueues("queue-receives", QueueChecks::receives));
  }

  private static List<Check> ofBroker() {
    return List.of(
        Check.ofBroker("broker-version", VersionChecks::broker),
        Check.ofBroker("broker-persistence", BrokerChecks::persistence),
        Check.ofBroker("message-ids", BrokerChecks::messageIds),
        Check.ofBroker("broker-delivery-attempts", BrokerChecks::deliveryAttempts),
        Check.ofBroker("broker-full-addresses", BrokerChecks::fullAddresses),
        Check.ofBroker("broker-dead-letter-expiry", BrokerChecks::deadLetterExpiry),
        Check.ofDeliveries("non-persistent-messages", BrokerChecks::nonPersistentMessages));
  }

  /**
   * Whether the risks that are accepted are those of checks, and of checks that can be accepted.
   */
  private static void acceptedRisks(
      List<Check> others, Set<String> accepted, Check.Findings findings) {
    Set<String> acceptable = new TreeSet<>();
    others.stream().filter(Check::isAcceptable).map(Check::name).forEach(acceptable::add);
    new TreeSet<>(accepted)
        .stream()
            .filter(name -> !acceptable.contains(name))
            .forEach(
                name ->
                    findings.refuses(
                        ReadinessConfig.ACCEPTED_RISKS,
                        "names '" + name + "', which is no check that can be accepted",
                        "those that can be are " + String.join(", ", acceptable)));
  }

  List<Check> all() {
    return all;
  }

  /** All that stops the start before a participant is asked; empty when nothing does. */
  public List<Finding> startRefusals() {
    return refusals(Check.Asks.NOTHING, CheckedState.NOTHING);
  }

  /** What a check has found, with refusals that were accepted made warnings. */
  List<Finding> findings(Check check, CheckedState known) {
    boolean isAccepted = check.isAcceptable() && accepted.contains(check.name());
    return check.findings(known).stream()
        .map(finding -> isAccepted && finding.isRefusal() ? finding.accepted() : finding)
        .toList();
  }

  /** All that checks with these needs refuse. */
  List<Finding> refusals(Check.Asks asks, CheckedState known) {
    return all.stream()
        .filter(check -> check.asks() == asks)
        .flatMap(check -> findings(check, known).stream())
        .filter(Finding::isRefusal)
        .toList();
  }

  /**
   * Refuses deliveries that the checks refuse, and has the checks made again after a change: a
   * participant was reached, or a delivery was changed. Thread-safe.
   */
  @Singleton
  public static class CheckedAdmission implements Admission, Subscriber {

    private final Checks checks;
    private final Clock clock;
    private final Monitor monitor = new Monitor();
    private boolean isChanged = true;
    private boolean isStopped;

    CheckedAdmission(Checks checks, Clock clock) {
      this.checks = checks;
      this.clock = clock;
    }

    @Override
    public List<Violation> violations(
        String name, DeliverySpecification specification, Database database) throws SQLException {
      CheckedState about =
          new CheckedState(
              Map.of(name, specification),
              Map.of(
                  String.valueOf(specification.databaseName()),
                  DatabaseState.read(database, clock.instant())),
              null,
              null);
      return checks.refusals(Check.Asks.DATABASES, about).stream()
          .map(refusal -> new Violation("sink.database", database.name(), refusal.toString()))
          .toList();
    }

    @Override
    public void on(Event event) {
      if (event instanceof ParticipantReached) {
        changed();
      }
    }

    @Override
    public void changed() {
      try (Monitor held = monitor.enter()) {
        isChanged = true;
        monitor.changed();
      }
    }

    Checks checks() {
      return checks;
    }

    /**
     * Waits for a change since the last call, but no longer than the time given; the first call
     * waits for none.
     *
     * @return false where no checks are to be made any more
     */
    boolean awaitChange(Duration longest) {
      try (Monitor held = monitor.enter()) {
        try {
          monitor.await(Deadline.after(longest), () -> isChanged || isStopped);
        } catch (InterruptedException e) {
          isStopped = true;
        }
        isChanged = false;
        return !isStopped;
      }
    }

    void stop() {
      try (Monitor held = monitor.enter()) {
        isStopped = true;
        monitor.changed();
      }
    }
  }
}

package io.handfast.readiness;

import io.handfast.access.Authentication;
import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.DriverVersion;
import io.handfast.embedded.InProcessBrokerSupport;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.Check.Finding;
import io.handfast.readiness.NodeChecks.ConfigurationFiles;
import io.handfast.readiness.NodeChecks.FileSystem;
import io.handfast.recovery.RecoveryConfig;
import io.smallrye.config.SmallRyeConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/** The list of all checks, in the order in which people read them. */
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
      InProcessBrokerSupport broker,
      Config config) {
    this(
        Stream.of(
                ofNode(node, broker.isAvailable(), config.unwrap(SmallRyeConfig.class)),
                ofTimes(node, recovery, transactions),
                ofDatabases(node, transactions),
                ofBroker())
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
      NodeConfig node, boolean hasBrokerInside, SmallRyeConfig settings) {
    String host = settings.getValue("quarkus.http.host", String.class);
    boolean isAuthenticated = new Authentication(settings).isOn();
    ConfigurationKeys keys = new ConfigurationKeys(settings);
    ConfigurationFiles files = ConfigurationFiles.of(settings);
    return List.of(
        Check.ofNode(
                "configuration-expressions", findings -> NodeChecks.expressions(settings, findings))
            .notAcceptable(),
        Check.ofNode("node-name", findings -> NodeChecks.nodeName(node, hasBrokerInside, findings))
            .notAcceptable(),
        Check.ofNode("broker-url", findings -> BrokerChecks.url(node, hasBrokerInside, findings))
            .notAcceptable(),
        Check.ofNode("database-names", findings -> DatabaseChecks.names(node, findings))
            .notAcceptable(),
        Check.ofNode("http-host", findings -> NodeChecks.httpHost(host, isAuthenticated, findings))
            .notAcceptable(),
        Check.ofNode("configuration-keys", keys::check),
        Check.ofNode("configuration-files", files::check),
        Check.ofNode(
            "log-directory",
            findings -> NodeChecks.logDirectory(node.dataDirectory(), FileSystem::of, findings)));
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
        Check.ofNode("h2-write-delay", findings -> DatabaseChecks.h2WriteDelay(node, findings)),
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
}

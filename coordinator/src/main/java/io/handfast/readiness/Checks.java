package io.handfast.readiness;

import io.handfast.access.Authentication;
import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.DriverVersion;
import io.handfast.embedded.BrokerInside;
import io.handfast.node.NodeConfig;
import io.handfast.recovery.RecoveryConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The list of all checks, in the order in which people read them. */
@Singleton
class Checks {

  private final List<Check> all;
  private final Set<String> accepted;

  @Inject
  Checks(
      NodeConfig node,
      ReadinessConfig readiness,
      RecoveryConfig recovery,
      TransactionsConfig transactions,
      Authentication authentication,
      BrokerInside broker,
      @ConfigProperty(name = "quarkus.http.host") String host) {
    this.accepted = readiness.acceptedRisks().orElse(Set.of());
    List<Check> checks =
        List.of(
            new NodeNameCheck(node, broker.isAvailable()),
            new BrokerUrlCheck(node, broker.isAvailable()),
            new DatabaseNamesCheck(node),
            new HttpHostCheck(host, authentication.isOn()),
            new LogDirectoryCheck(node.dataDirectory(), Disk::of),
            new TimeoutsCheck(node, recovery, transactions),
            new HandlerTimeoutsCheck(),
            new H2VersionCheck(node, DriverVersion.h2()),
            new H2WriteDelayCheck(node),
            new PostgresDriverCheck(node, DriverVersion.postgresql()),
            new PostgresVersionCheck(),
            new PostgresDurabilityCheck(),
            new PreparedTransactionsCheck(transactions),
            new ConnectionsCheck(transactions),
            new SessionTimeoutsCheck(transactions),
            new SocketTimeoutCheck(node),
            new BrokerVersionCheck(),
            new BrokerPersistenceCheck(),
            new DeliveryAttemptsCheck());
    this.all = withAcceptedRisks(checks, accepted);
  }

  Checks(List<Check> checks, Set<String> accepted) {
    this.accepted = accepted;
    this.all = withAcceptedRisks(checks, accepted);
  }

  private static List<Check> withAcceptedRisks(List<Check> checks, Set<String> accepted) {
    List<Check> all = new ArrayList<>(checks);
    all.add(new AcceptedRisksCheck(checks, accepted));
    return List.copyOf(all);
  }

  List<Check> all() {
    return all;
  }

  /** What a check has found, with refusals that were accepted made warnings. */
  List<Finding> findings(Check check, Known known) {
    boolean isAccepted = check.isAcceptable() && accepted.contains(check.name());
    return check.findings(known).stream()
        .map(finding -> isAccepted && finding.isRefusal() ? finding.accepted() : finding)
        .toList();
  }

  /** Everything that checks with these needs refuse. */
  List<Finding> refusals(Check.Asks asks, Known known) {
    return all.stream()
        .filter(check -> check.asks() == asks)
        .flatMap(check -> findings(check, known).stream())
        .filter(Finding::isRefusal)
        .toList();
  }
}

package io.handfast.readiness;

import io.handfast.access.Authentication;
import io.handfast.access.RequestSizeConfig;
import io.handfast.coordination.ClientSqlConfig;
import io.handfast.coordination.LimitsConfig;
import io.handfast.coordination.RemoteConfig;
import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.DriverVersion;
import io.handfast.delivery.DeliveriesConfig;
import io.handfast.embedded.InProcessBrokerSupport;
import io.handfast.input.HostsConfig;
import io.handfast.node.MemoryConfig;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.Check.Finding;
import io.handfast.recovery.RecoveryConfig;
import io.smallrye.config.SmallRyeConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** The list of all checks, in the order in which people read them. */
@Singleton
class Checks {

  /** Every interface that configuration is read by, with its prefix. */
  static final Map<Class<?>, String> MAPPINGS =
      Map.ofEntries(
          Map.entry(ClientSqlConfig.class, "handfast"),
          Map.entry(DeliveriesConfig.class, "handfast.deliveries"),
          Map.entry(HostsConfig.class, "handfast"),
          Map.entry(LimitsConfig.class, "handfast.limits"),
          Map.entry(MemoryConfig.class, "handfast.memory"),
          Map.entry(NodeConfig.class, "handfast"),
          Map.entry(ReadinessConfig.class, "handfast"),
          Map.entry(RecoveryConfig.class, "handfast.recovery"),
          Map.entry(RemoteConfig.class, "handfast.remote"),
          Map.entry(RequestSizeConfig.class, "handfast.limits"),
          Map.entry(TransactionsConfig.class, "handfast.transactions"));

  private final List<Check> all;
  private final Set<String> accepted;

  @Inject
  Checks(
      NodeConfig node,
      ReadinessConfig readiness,
      RecoveryConfig recovery,
      TransactionsConfig transactions,
      Authentication authentication,
      InProcessBrokerSupport broker,
      Config config) {
    SmallRyeConfig settings = config.unwrap(SmallRyeConfig.class);
    String host = settings.getValue("quarkus.http.host", String.class);
    this.accepted = readiness.acceptedRisks().orElse(Set.of());
    List<Check> checks =
        List.of(
            ConfigurationChecks.expressions(settings),
            ConfigurationChecks.nodeName(node, broker.isAvailable()),
            BrokerChecks.url(node, broker.isAvailable()),
            DatabaseChecks.names(node),
            ConfigurationChecks.httpHost(host, authentication.isOn()),
            configurationKeys(settings),
            configurationFiles(settings),
            LogDirectoryCheck.of(node.dataDirectory(), FileSystem::of),
            ConfigurationChecks.timeouts(node, recovery, transactions),
            DeliveryChecks.handlerTimeouts(),
            DatabaseChecks.h2Version(node, DriverVersion.h2()),
            DatabaseChecks.h2WriteDelay(node),
            DatabaseChecks.postgresDriver(node, DriverVersion.postgresql()),
            PostgresChecks.version(),
            PostgresChecks.durability(),
            DatabaseChecks.preparedTransactions(transactions),
            PostgresChecks.connections(transactions),
            PostgresChecks.sessionTimeouts(transactions),
            PostgresChecks.socketTimeout(node),
            BrokerChecks.version(),
            BrokerChecks.persistence(),
            BrokerChecks.messageIds(),
            BrokerChecks.deliveryAttempts(),
            BrokerChecks.fullAddresses(),
            BrokerChecks.deadLetterExpiry(),
            DeliveryChecks.nonPersistentMessages());
    this.all = withAcceptedRisks(checks, accepted);
  }

  static Check configurationKeys(SmallRyeConfig settings) {
    return new ConfigurationKeysCheck(
            ConfigurationKeys.of(MAPPINGS),
            settings.getConfigSources(),
            settings.getProfiles(),
            key -> settings.getConfigValue(key).getValue())
        .check();
  }

  private static Check configurationFiles(SmallRyeConfig settings) {
    return new ConfigurationFilesCheck(
            Path.of(""),
            programDirectory(),
            StreamSupport.stream(settings.getConfigSources().spliterator(), false)
                .map(ConfigSource::getName)
                .toList())
        .check();
  }

  /** Of the jar that {@code java -jar} was given, or of the native program. */
  private static @Nullable Path programDirectory() {
    String path = System.getProperty("java.class.path", "");
    Path program =
        path.isEmpty()
            ? ProcessHandle.current().info().command().map(Path::of).orElse(null)
            : Path.of(path.split(File.pathSeparator)[0]);
    return program == null ? null : program.toAbsolutePath().getParent();
  }

  Checks(List<Check> checks, Set<String> accepted) {
    this.accepted = accepted;
    this.all = withAcceptedRisks(checks, accepted);
  }

  private static List<Check> withAcceptedRisks(List<Check> checks, Set<String> accepted) {
    List<Check> all = new ArrayList<>(checks);
    all.add(acceptedRisks(checks, accepted));
    return List.copyOf(all);
  }

  /**
   * Whether the risks that are accepted are those of checks, and of checks that can be accepted.
   */
  private static Check acceptedRisks(List<Check> others, Set<String> accepted) {
    Set<String> acceptable = new TreeSet<>();
    others.stream().filter(Check::isAcceptable).map(Check::name).forEach(acceptable::add);
    return Check.ofNode(
            "accepted-risks",
            findings ->
                new TreeSet<>(accepted)
                    .stream()
                        .filter(name -> !acceptable.contains(name))
                        .forEach(
                            name ->
                                findings.refuses(
                                    ReadinessConfig.ACCEPTED_RISKS,
                                    "names '" + name + "', which is no check that can be accepted",
                                    "those that can be are " + String.join(", ", acceptable))))
        .notAcceptable();
  }

  List<Check> all() {
    return all;
  }

  /** What a check has found, with refusals that were accepted made warnings. */
  List<Finding> findings(Check check, CheckedState known) {
    boolean isAccepted = check.isAcceptable() && accepted.contains(check.name());
    return check.findings(known).stream()
        .map(finding -> isAccepted && finding.isRefusal() ? finding.accepted() : finding)
        .toList();
  }

  /** Everything that checks with these needs refuse. */
  List<Finding> refusals(Check.Asks asks, CheckedState known) {
    return all.stream()
        .filter(check -> check.asks() == asks)
        .flatMap(check -> findings(check, known).stream())
        .filter(Finding::isRefusal)
        .toList();
  }
}

package io.handfast.readiness;

import io.handfast.access.Authentication;
import io.handfast.access.SameOrigin;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.coordination.TransactionsConfig;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.node.LiteralSecrets;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.Check.Findings;
import io.handfast.recovery.RecoveryConfig;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** Checks what this node is set to, and whether its configuration files are read. */
final class NodeChecks {

  private static final Duration SHORTEST_KEEP = Duration.ofMinutes(1);
  private static final Duration LONGEST_KEEP = Duration.ofDays(36_500);
  private static final String LEASE = "handfast.transactions.lease";
  private static final String LONGEST_LEASE = "handfast.transactions.longest-lease";
  private static final String INTERVAL = "handfast.recovery.interval";
  private static final String RETRY_INTERVAL = "handfast.recovery.retry-interval";

  private NodeChecks() {}

  /**
   * Whether every expression in the configuration has a value; a key without one counts as unset.
   */
  static void expressions(SmallRyeConfig config, Findings findings) {
    TreeSet<String> keys = new TreeSet<>();
    config.getPropertyNames().forEach(keys::add);
    for (String key : keys) {
      boolean isSecret = LiteralSecrets.isSecret(key);
      if ((key.startsWith("handfast.") || isSecret) && !isResolved(key, config)) {
        findings.refuses(
            key,
            "has an expression whose name has no value, so that the key would count as unset",
            isSecret
                ? "set the variable or property that it names, or give the password itself"
                : "set the variable or property that it names, or write \\${ where ${ is meant");
      }
    }
  }

  private static boolean isResolved(String key, SmallRyeConfig config) {
    try {
      ConfigValue value = config.getConfigValue(key);
      return value.getValue() != null || value.getRawValue() == null;
    } catch (IllegalArgumentException e) { // an expression that names nothing
      return false;
    }
  }

  /**
   * Whether only this machine can reach the service, or callers must say who they are. Who can
   * reach the service can take messages and send SQL, so it is never left open.
   *
   * @param isAuthenticated whether callers must say who they are
   */
  static void httpHost(String host, boolean isAuthenticated, Findings findings) {
    if (!SameOrigin.isLoopback(host) && !isAuthenticated) {
      findings.refuses(
          "quarkus.http.host",
          "is " + host + ", where any host that can reach it may use this service",
          "use 127.0.0.1, or have callers say who they are: set %s.\"name\" with a role, or %s, or %s with a trust store"
              .formatted(
                  Authentication.USERS,
                  Authentication.TOKEN_ISSUER,
                  Authentication.CERTIFICATE_ROLES));
    }
  }

  /** Whether the times of the configuration are times, and in their order. */
  static void timeouts(
      NodeConfig node,
      RecoveryConfig recovery,
      TransactionsConfig transactions,
      Findings findings) {
    String restless = "recovery would never rest";
    atLeastAMilli(INTERVAL, recovery.interval(), restless, findings);
    atLeastAMilli(RETRY_INTERVAL, recovery.retryInterval(), restless, findings);
    String tooShort = "no client could settle in time";
    atLeastAMilli(LEASE, transactions.lease(), tooShort, findings);
    atLeastAMilli(LONGEST_LEASE, transactions.longestLease(), tooShort, findings);
    atLeastAMilli(
        "handfast.transactions.keep-outcomes",
        transactions.keepOutcomes(),
        "a repeated commit would not get the same answer",
        findings);
    atLeastAMilli(
        "handfast.inbox.keep", node.inbox().keep(), "no repetition would be recognised", findings);
    if (node.shutdownTimeout().isNegative()) {
      findings.refuses(
          "handfast.shutdown-timeout",
          "is " + node.shutdownTimeout(),
          "use PT0S to give units in flight back at once, or more");
    }
    if (node.nodeNamePatience().isNegative()) {
      findings.refuses(
          "handfast.node-name-patience",
          "is " + node.nodeNamePatience(),
          "use PT0S to be refused at once while another coordinator holds the name, or more");
    }
    Duration keep = node.deadLetters().keep();
    if (keep.compareTo(SHORTEST_KEEP) < 0 || keep.compareTo(LONGEST_KEEP) > 0) {
      findings.refuses(
          "handfast.dead-letters.keep",
          "is " + keep,
          "use PT1M to P36500D: a dead letter in a table is removed after it");
    }
    if (findings.all().isEmpty()) {
      inOrder(recovery, transactions, findings);
    }
  }

  private static void atLeastAMilli(
      String key, Duration value, String consequence, Findings findings) {
    if (value.compareTo(Duration.ofMillis(1)) < 0) {
      findings.refuses(key, "is " + value + ": " + consequence, "use a positive duration");
    }
  }

  private static void inOrder(
      RecoveryConfig recovery, TransactionsConfig transactions, Findings findings) {
    if (recovery.retryInterval().compareTo(recovery.interval()) > 0) {
      findings.warns(
          RETRY_INTERVAL,
          "is %s, longer than %s = %s: a participant that comes back is noticed later than one that never left"
              .formatted(recovery.retryInterval(), INTERVAL, recovery.interval()),
          "use a shorter one");
    }
    if (transactions.lease().compareTo(transactions.longestLease()) > 0) {
      findings.warns(
          LEASE,
          "is %s, longer than %s = %s: a call that asks for nothing gets more than any may ask for"
              .formatted(transactions.lease(), LONGEST_LEASE, transactions.longestLease()),
          "use one that is not longer");
    }
  }

  /** Whether a handler may answer later than its unit of work lives. */
  static void handlerTimeouts(CheckedState known, Findings findings) {
    known
        .deliveries()
        .forEach(
            (name, delivery) -> {
              HandlerCall handler = delivery.handler();
              if (handler != null
                  && (delivery.isPrepared() || delivery.isPositioned() || delivery.preparesTarget())
                  && handler.timeout().compareTo(TwoPhaseCommit.LONGEST_UNIT) >= 0) {
                findings.warns(
                    "handler.timeout",
                    "is %s in delivery '%s', and its unit of work is rolled back after %s: an answer that comes later counts for nothing"
                        .formatted(handler.timeout(), name, TwoPhaseCommit.LONGEST_UNIT),
                    "use less than " + TwoPhaseCommit.LONGEST_UNIT);
              }
            });
  }

  /**
   * The files that look like the configuration: {@code config/} is looked for in the working
   * directory only, which is not always that of the program.
   *
   * @param program the directory of the program; null where it is not known
   * @param sources the names of the sources that are read, with the URLs of files in them
   */
  record ConfigurationFiles(Path working, @Nullable Path program, Collection<String> sources) {

    private static final String DIRECTORY = "config";
    private static final List<String> NAMES =
        List.of("application.properties", "application.yaml", "application.yml");
    private static final long LARGEST = 1 << 20;
    private static final Pattern FILE = Pattern.compile("\\[source=(file:.*)]$");

    ConfigurationFiles {
      working = working.toAbsolutePath().normalize();
    }

    /** Those of this process. */
    static ConfigurationFiles of(SmallRyeConfig settings) {
      return new ConfigurationFiles(
          Path.of(""),
          programDirectory(),
          StreamSupport.stream(settings.getConfigSources().spliterator(), false)
              .map(ConfigSource::getName)
              .toList());
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

    /** Whether every one of them is read. */
    void check(Findings findings) {
      List<Path> read = read();
      for (Path file : candidates()) {
        if (isMeant(file) && read.stream().noneMatch(other -> isSame(file, other))) {
          findings.refuses(
              file.toString(),
              "is not read: the configuration is config/application.properties in the working directory, "
                  + working,
              remedy(file));
        }
      }
    }

    private List<Path> read() {
      return sources.stream()
          .map(FILE::matcher)
          .filter(Matcher::find)
          .map(source -> Path.of(URI.create(source.group(1).replace(" ", "%20"))))
          .toList();
    }

    private Set<Path> candidates() {
      Set<Path> candidates = new LinkedHashSet<>();
      Stream.of(working, program == null ? working : program.toAbsolutePath().normalize())
          .flatMap(directory -> Stream.of(directory.resolve(DIRECTORY), directory))
          .forEach(directory -> NAMES.forEach(name -> candidates.add(directory.resolve(name))));
      return candidates;
    }

    /** Outside a directory of that name a file may belong to another program. */
    private static boolean isMeant(Path file) {
      if (file.getParent().endsWith(DIRECTORY) || !Files.isRegularFile(file)) {
        return file.getParent().endsWith(DIRECTORY) && Files.exists(file);
      }
      try {
        return Files.size(file) <= LARGEST
            && Files.readString(file, StandardCharsets.ISO_8859_1).contains("handfast");
      } catch (IOException e) {
        return false;
      }
    }

    private String remedy(Path file) {
      if (Files.isDirectory(file)) {
        return "it is a directory: put a file there";
      }
      if (!file.toString().endsWith(".properties")) {
        return "write it as application.properties";
      }
      if (!file.getParent().endsWith(DIRECTORY)) {
        return "move it to " + working.resolve(DIRECTORY).resolve(file.getFileName());
      }
      return file.startsWith(working)
          ? "let this process read it"
          : "start in %s, or with -Dsmallrye.config.locations=%s before -jar"
              .formatted(file.getParent().getParent(), file.getParent());
    }

    private static boolean isSame(Path file, Path other) {
      try {
        return Files.isSameFile(file, other);
      } catch (IOException e) {
        return false;
      }
    }
  }
}

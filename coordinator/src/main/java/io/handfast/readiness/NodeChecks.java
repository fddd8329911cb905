package io.handfast.readiness;

import io.handfast.access.Authentication;
import io.handfast.access.SameOrigin;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.coordination.TransactionsConfig;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.log.LogSizes;
import io.handfast.node.LiteralSecrets;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.Check.Findings;
import io.handfast.recovery.RecoveryConfig;
import io.handfast.transaction.TransactionId;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Checks this node: what it is set to, whether its configuration files are read, and where it keeps
 * its log.
 */
final class NodeChecks {

  private static final String NODE = "handfast.node";
  private static final String LEASE = "handfast.transactions.lease";
  private static final String LONGEST_LEASE = "handfast.transactions.longest-lease";
  private static final String INTERVAL = "handfast.recovery.interval";
  private static final String RETRY_INTERVAL = "handfast.recovery.retry-interval";
  private static final String DATA_DIRECTORY = "handfast.data-directory";
  private static final String VOLUME =
      "point it at a directory that this process may write to, on a volume that outlives the machine's restart";
  private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");
  private static final Set<String> CONTAINER_LAYER = Set.of("overlay", "overlayfs");

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
   * Whether this coordinator has a name of its own. Branch ids carry the name: without one there is
   * no transaction.
   */
  static void nodeName(NodeConfig config, boolean hasBrokerInside, Findings findings) {
    Optional<String> node = config.node();
    boolean isEmbedded = hasBrokerInside && NodeConfig.isEmbedded(config);
    if (node.isEmpty() && !isEmbedded) {
      findings.refuses(
          NODE,
          "is not set",
          "give this coordinator a name that is unique and stable among those that share its broker or a database, such as handfast.node=orders-1");
    }
    node.filter(name -> !TransactionId.NODE_NAME.matcher(name).matches())
        .ifPresent(
            name ->
                findings.refuses(
                    NODE, "is '" + name + "'", "use 1 to 24 of a-z, 0-9 and the hyphen"));
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
                  && delivery.isPrepared()
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

  /**
   * The file system that a path lies on.
   *
   * @param type as the operating system calls it, such as {@code ext4} or {@code overlay}
   * @param usable bytes that this process may still write
   */
  record FileSystem(String type, long usable) {

    /** Tells the disk of a path that exists. */
    interface Finder {
      FileSystem of(Path path) throws IOException;
    }

    static FileSystem of(Path path) throws IOException {
      FileStore store = Files.getFileStore(path);
      return new FileSystem(store.type(), store.getUsableSpace());
    }
  }

  /** Whether the decision log has a place where it can be written, and where it stays. */
  static void logDirectory(Path dataDirectory, FileSystem.Finder disks, Findings findings) {
    Path present = dataDirectory.resolve("log").toAbsolutePath().normalize();
    while (!Files.exists(present)) { // the root of a file system always does
      present = present.getParent();
    }
    if (!Files.isDirectory(present)) {
      findings.refuses(DATA_DIRECTORY, "needs a directory where a file is: " + present, VOLUME);
    } else if (!Files.isWritable(present)) {
      findings.refuses(DATA_DIRECTORY, "is in " + present + ", which is not writable", VOLUME);
    } else {
      try {
        disk(disks.of(present), findings);
      } catch (IOException e) {
        findings.refuses(DATA_DIRECTORY, "is on a disk that does not answer: " + e, VOLUME);
      }
    }
  }

  private static void disk(FileSystem disk, Findings findings) {
    space(disk.usable(), findings);
    if (MEMORY.contains(disk.type())) {
      findings.warns(
          DATA_DIRECTORY,
          "is on "
              + disk.type()
              + ", which is memory: a restart of the machine loses decisions, and prepared branches then wait for an operator",
          VOLUME);
    } else if (CONTAINER_LAYER.contains(disk.type())) {
      findings.warns(
          DATA_DIRECTORY,
          "is on a container's own layer ("
              + disk.type()
              + "): a new container loses decisions, and prepared branches then wait for an operator",
          "mount a volume there, or " + VOLUME);
    }
  }

  private static void space(long usable, Findings findings) {
    if (usable < LogSizes.bytesToOpen()) {
      findings.refuses(
          DATA_DIRECTORY,
          "has %s free, and no decision log can be opened in less than %s"
              .formatted(mebibytes(usable), mebibytes(LogSizes.bytesToOpen())),
          "free at least " + mebibytes(LogSizes.bytesAtMost()));
    } else if (usable < LogSizes.bytesAtMost()) {
      findings.warns(
          DATA_DIRECTORY,
          "has %s free, and the decision log may come to need %s; when it cannot be written the node takes no work"
              .formatted(mebibytes(usable), mebibytes(LogSizes.bytesAtMost())),
          "free at least " + mebibytes(LogSizes.bytesAtMost()));
    }
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}

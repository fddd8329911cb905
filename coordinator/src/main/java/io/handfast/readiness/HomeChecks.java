package io.handfast.readiness;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.delivery.DeliveriesConfig;
import io.handfast.log.LogSizes;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeHome;
import io.handfast.readiness.Check.Findings;
import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Checks what this node is called and where it keeps its log, by who needs either after a restart:
 * decisions of two-phase commit are found again by the node's name, and only in its log.
 */
record HomeChecks(NodeConfig node, DeliveriesConfig deliveries, TransactionsConfig transactions) {

  private static final String NODE = "handfast.node";
  private static final String DATA_DIRECTORY = "handfast.data-directory";
  private static final String LOG = "log";
  private static final String NAME =
      "give this coordinator a name that is unique and stable among those that share its broker or a database, such as handfast.node=orders-1";
  private static final String VOLUME =
      "point it at a directory that this process may write to, on a volume that outlives the machine's restart";
  private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");
  private static final Set<String> CONTAINER_LAYER = Set.of("overlay", "overlayfs");

  /**
   * Whether this coordinator has a name, or needs none. Branch ids carry the name: without one
   * there is no transaction.
   */
  void name(boolean hasBrokerInside, Findings findings) {
    node.node()
        .filter(name -> !TransactionId.NODE_NAME.matcher(name).matches())
        .ifPresent(
            name ->
                findings.refuses(
                    NODE, "is '" + name + "'", "use 1 to 24 of a-z, 0-9 and the hyphen"));
    boolean hasParts = hasBrokerInside || !node.broker().enabled();
    boolean isEmbedded = hasParts && NodeConfig.isEmbedded(node);
    if (node.node().isPresent() || isEmbedded) {
      return;
    }
    List<String> logged = DeliveriesConfig.underTwoPhaseCommit(deliveries);
    if (!NodeHome.isDisposable(node) || deliveries.byName().isEmpty()) {
      findings.refuses(NODE, "is not set", NAME);
    } else if (!logged.isEmpty()) {
      findings.refuses(
          NODE,
          "is not set, and needed by what is under two-phase-commit: " + named(logged),
          NAME + "; or declare these with \"protocol\": \"local-commit\" or \"idempotency\"");
    } else if (Files.exists(node.dataDirectory().resolve(LOG))) {
      findings.refuses(
          NODE,
          "is not set, and %s has the decision log of a node that has a name"
              .formatted(node.dataDirectory().toAbsolutePath().normalize()),
          "set it to that name; to go on without one, drain the node first (POST /v1/drain), then delete the directory");
    }
  }

  private static String named(Iterable<String> deliveries) {
    List<String> named = new ArrayList<>();
    deliveries.forEach(name -> named.add("delivery '" + name + "'"));
    return named.stream().collect(Collectors.joining(", "));
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
  void logDirectory(CheckedState known, FileSystem.Finder disks, Findings findings) {
    Path present = node.dataDirectory().resolve(LOG).toAbsolutePath().normalize();
    while (!Files.exists(present)) { // the root of a file system always does
      present = present.getParent();
    }
    if (!Files.isDirectory(present)) {
      findings.refuses(DATA_DIRECTORY, "needs a directory where a file is: " + present, VOLUME);
    } else if (!Files.isWritable(present)) {
      findings.refuses(DATA_DIRECTORY, "is in " + present + ", which is not writable", VOLUME);
    } else {
      try {
        FileSystem disk = disks.of(present);
        space(disk.usable(), findings);
        if (!needing(known).isEmpty()) {
          stays(disk, findings);
        }
      } catch (IOException e) {
        findings.refuses(DATA_DIRECTORY, "is on a disk that does not answer: " + e, VOLUME);
      }
    }
  }

  /** Says whether this node needs its data directory after a restart, and for what. */
  String logDirectoryRestsOn(CheckedState known) {
    List<String> needing = needing(known);
    return needing.isEmpty()
        ? "nothing here is needed after a restart: no delivery is under two-phase-commit, and no client's transaction"
        : "needed after a restart, for the decisions of " + String.join(", ", needing);
  }

  private List<String> needing(CheckedState known) {
    List<String> needing = new ArrayList<>();
    Set<String> logged = new TreeSet<>();
    known
        .deliveries()
        .forEach(
            (name, delivery) -> {
              if (delivery.isTwoPhaseCommit()) {
                logged.add(name);
              }
            });
    if (!logged.isEmpty()) {
      needing.add(named(logged));
    }
    boolean isLocal = transactions.protocol() == TransactionsConfig.Protocol.LOCAL_COMMIT;
    if (!isLocal && !NodeHome.isDisposable(node)) {
      needing.add("clients' transactions (handfast.transactions.protocol=two-phase-commit)");
    }
    return needing;
  }

  private static void stays(FileSystem disk, Findings findings) {
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

package io.handfast.it.resilience.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.ArtemisPair;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.Faults;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Tampering;
import io.handfast.it.harness.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A coordinator with a network of its own to the brokers and to the database, and somebody who
 * starts it again when it has ended by itself.
 */
final class Node implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What the disk says, and what the check before says that there is less than a log needs. */
  private static final Pattern ON_A_FULL_DISK =
      Pattern.compile(
          "No space left on device|has \\d+ MiB free, and no decision log can be opened");

  private final String name;
  private final List<TcpProxy> toBrokers;
  private final TcpProxy toDatabase;
  private final List<String> endedByItself = new ArrayList<>();
  private RunnerProcess process;
  private Faults faults;
  private SmallDisk disk;
  private boolean isWanted;
  private long droppedWrites;

  Node(String name, ArtemisPair brokers, int databasePort) {
    this.name = name;
    this.toBrokers = brokers.ports().stream().map(TcpProxy::new).toList();
    this.toDatabase = new TcpProxy(databasePort);
  }

  /** Its configuration: it reaches everything through its own network. */
  RunnerConfiguration configuration(Database database) {
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", name)
            .set("handfast.recovery.takeover-after", "PT1S") // so that a peer is sometimes wrong
            .broker(ArtemisPair.addressOn(toBrokers.stream().map(TcpProxy::port).toList()))
            .database(database.through(toDatabase));
    for (Flow flow : Flow.values()) {
      configuration.delivery(flow.key(), flow.specification(flow.table(database)));
    }
    String insert = Flow.PULLED.table(database).insert();
    return configuration.set("handfast.statements.\"insert\"", insert);
  }

  /**
   * Runs as this process.
   *
   * @param hasSmallDisk whether its disk shall be one that can be filled; otherwise its power can
   *     fail
   */
  void runsAs(RunnerProcess process, boolean hasSmallDisk, Tampering tampering) {
    this.process = process;
    this.faults = Faults.of(process);
    this.disk =
        hasSmallDisk ? SmallDisk.on(process.directory().resolve("data")).orElse(null) : null;
    Tampering below = hasSmallDisk() ? faults.tamperingWithTheClock() : faults.tampering();
    process.tamperedWith(below.and(tampering).and(Tampering.QUICK_START));
    Thread supervisor = new Thread(this::supervise, "supervisor of " + name);
    supervisor.setDaemon(true);
    supervisor.start();
  }

  private void supervise() {
    try {
      while (true) {
        Thread.sleep(LOOK.toMillis());
        startAgainIfItHasEnded();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void startAgainIfItHasEnded() {
    if (isWanted && !process.isAlive()) {
      endedByItself.add(process.log().tail(12));
      process.launch();
    }
  }

  synchronized void launch() {
    isWanted = true;
    process.launch();
  }

  /** Waits until it is ready, which on a full disk takes several starts. */
  void awaitReady() {
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(process.wire().health("/q/health/ready"))
                .as("%s, %s", name, process.log().tail(20))
                .isEqualTo(200));
  }

  synchronized void kill9() {
    isWanted = false;
    process.kill9();
  }

  synchronized void terminate() {
    isWanted = false;
    process.terminate();
  }

  /**
   * What it printed at last, each time that it ended and nobody had ended it; on a full disk it may
   * refuse to start.
   */
  synchronized List<String> endedByItself() {
    return endedByItself.stream().filter(ON_A_FULL_DISK.asPredicate().negate()).toList();
  }

  /** How often it refused to start since its disk was full. */
  synchronized long refusedOnAFullDisk() {
    return endedByItself.stream().filter(ON_A_FULL_DISK.asPredicate()).count();
  }

  String name() {
    return name;
  }

  RunnerProcess process() {
    return process;
  }

  /** What can go wrong below it. */
  Faults faults() {
    return faults;
  }

  /** The small disk that its data directory is on. */
  SmallDisk disk() {
    return disk;
  }

  boolean hasSmallDisk() {
    return disk != null;
  }

  /** A power failure, after a kill: it takes all that was not forced, or all but a beginning. */
  synchronized void loseWhatWasNotForced(int draw) {
    Faults.Dropped dropped =
        draw % 2 == 0
            ? faults.dropUnforcedWrites()
            : faults.dropSomeUnforcedWrites(new Random(draw));
    droppedWrites += dropped.writes().size();
  }

  /** Writes that its power failures took. */
  synchronized long droppedWrites() {
    return droppedWrites;
  }

  /** Its ways to both brokers. */
  List<TcpProxy> toBrokers() {
    return toBrokers;
  }

  /** Its way to the database. */
  TcpProxy toDatabase() {
    return toDatabase;
  }

  @Override
  public void close() {
    synchronized (this) {
      isWanted = false;
    }
    Stream.concat(toBrokers.stream(), Stream.of(toDatabase)).forEach(TcpProxy::close);
    if (disk != null) {
      disk.close();
    }
  }
}

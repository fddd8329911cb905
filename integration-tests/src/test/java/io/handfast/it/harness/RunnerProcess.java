package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A coordinator: the built runner, as a process of its own. It keeps its directory and its ports
 * over all its restarts.
 */
public final class RunnerProcess {
  private static final Path RUNNER =
      Path.of(
          System.getProperty(
              "handfast.runner", "../coordinator/target/quarkus-app/quarkus-run.jar"));

  /**
   * Besides those that all coordinators are started with. For many starts, each takes a third of
   * the processor's time with the first compiler alone and an archive of the classes.
   */
  private static final List<String> JAVA_OPTIONS = javaOptions();

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String READY = "/q/health/ready";

  private final Path directory;
  private final int port = Ports.free();
  private final LogFile log;
  private final Wire wire;
  private final RunnerConfiguration configuration;
  private Tampering tampering = Tampering.NONE;
  private ChildProcess process;

  RunnerProcess(Path directory, LogFile log, RunnerConfiguration configuration) {
    this.directory = directory;
    this.log = log;
    this.wire = new Wire("http://127.0.0.1:" + port);
    this.configuration = configuration;
    configuration.set("quarkus.http.port", port).writeInto(directory);
  }

  private static List<String> javaOptions() {
    List<String> options = new ArrayList<>();
    Stream.of(System.getProperty("handfast.runner.java-options", "").split(" "))
        .filter(option -> !option.isEmpty())
        .forEach(options::add);
    if (Boolean.getBoolean("handfast.runner.class-archive") && isJar()) {
      options.addAll(withClassArchive().javaOptions());
    }
    return options;
  }

  /** A start with an archive of the runner's classes, which is made where there is none. */
  public static Tampering withClassArchive() {
    return new Tampering(List.of("-XX:SharedArchiveFile=" + ClassArchive.of(RUNNER)), Map.of());
  }

  /** The runner under test: a jar, or a native executable. */
  public static Path runner() {
    return RUNNER;
  }

  /** Whether that is a jar. */
  public static boolean isJar() {
    return RUNNER.toString().endsWith(".jar");
  }

  /** Gives it a copy of what another keeps, as that one has it now. */
  public void copyDataOf(RunnerProcess other) {
    Directories.copy(other.directory.resolve("data"), directory.resolve("data"));
  }

  /** Tampers with its process from the next start on. */
  public RunnerProcess tamperedWith(Tampering tampering) {
    this.tampering = tampering;
    return this;
  }

  /** Starts it and waits until it says that it is ready. */
  public RunnerProcess start() {
    launch();
    awaitReady();
    return this;
  }

  /** Starts it and does not wait. */
  public RunnerProcess launch() {
    process = ChildProcess.start(command(), directory, log, tampering.environment());
    return this;
  }

  /** Waits until it says that it is ready: recovery has had its first scan. */
  public void awaitReady() {
    awaitHealth(READY);
  }

  /**
   * Waits until it says that it is ready, asking every 5 ms; for benchmarks.
   *
   * @return when that was, as {@link System#nanoTime} counts
   */
  public long timeReady(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (wire.health(READY) != 200) {
      assertThat(System.nanoTime()).as("not ready").isLessThan(end);
      Thread.sleep(5);
    }
    return System.nanoTime();
  }

  /** Waits until it answers, ready or not. */
  public void awaitLive() {
    awaitHealth("/q/health/live");
  }

  private void awaitHealth(String path) {
    // Started all the same: what a start must refuse, a native one refuses too.
    assumeThat(isJar() || !configuration.needsBrokerInside())
        .as("a broker inside " + RUNNER)
        .isTrue();
    try {
      Eventually.within(
          PATIENCE,
          () -> {
            if (!process.isAlive()) {
              throw new IllegalStateException("the coordinator has ended");
            }
            assertThat(wire.health(path)).as(path).isEqualTo(200);
          });
    } catch (RuntimeException e) {
      throw new AssertionError(path + " was never 200: " + e.getMessage() + "\n" + log.tail(60), e);
    }
  }

  private List<String> command() {
    assertThat(RUNNER).as("build the runner first").exists();
    if (!isJar()) {
      assumeThat(tampering.needsJava()).as("options of Java's for %s", RUNNER).isFalse();
    }
    return command(tampering.javaOptions());
  }

  /** The command that starts the runner under test, with arguments. */
  public static List<String> command(String... arguments) {
    List<String> command = command(List.of());
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> command(List<String> javaOptions) {
    String runner = RUNNER.toAbsolutePath().normalize().toString();
    List<String> command = new ArrayList<>();
    if (isJar()) {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC"));
      command.addAll(JAVA_OPTIONS);
      command.addAll(javaOptions);
      command.addAll(List.of("-jar", runner));
    } else {
      command.addAll(List.of(runner, "-Xmx256m"));
    }
    return command;
  }

  /** SIGKILL. */
  public void kill9() {
    process.kill9();
  }

  /** SIGKILL in a moment in which the condition holds; see {@link #freezeWhen}. */
  public void kill9When(Callable<Boolean> condition) throws Exception {
    freezeWhen(condition);
    kill9();
  }

  /**
   * Makes it stand still in a moment in which the condition holds, and goes on holding: it is
   * looked at while nothing moves, and twice, since the last request may still have been on its
   * way.
   */
  public void freezeWhen(Callable<Boolean> condition) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    process.freeze();
    while (!(condition.call() && condition.call())) {
      process.thaw();
      assertThat(Instant.now()).as("the condition never held").isBefore(end);
      Thread.sleep(ThreadLocalRandom.current().nextInt(15));
      process.freeze();
    }
  }

  /** SIGTERM, and waits for the end. */
  public ChildProcess.Exit terminate() {
    return process.terminate(PATIENCE);
  }

  /** The operating system process, for what only some tests do to it. */
  public ChildProcess process() {
    return process;
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  public Wire wire() {
    return wire;
  }

  /** What it says of itself: its last lines, and what it holds in doubt if it still answers. */
  public String account() {
    String account = (isAlive() ? "alive, " : "ended, ") + log.tail(12);
    try {
      return isAlive() ? account + "\n" + wire.recovery().text() : account;
    } catch (RuntimeException e) {
      return account + "\nno answer: " + e;
    }
  }

  /** The port on which it answers. */
  public int port() {
    return port;
  }

  /** Its API over another port, which leads to its own. */
  public Wire wireOver(TcpProxy proxy) {
    return new Wire("http://127.0.0.1:" + proxy.port());
  }

  public LogFile log() {
    return log;
  }

  /** The database of an embedded run; ask it only while this process runs. */
  public Database embeddedDatabase() {
    return Database.embedded(directory.resolve("data"));
  }

  /** A copy of all that it has kept, as a back-up would have it. */
  public Path backUp() {
    return Directories.copy(directory.resolve("data"), directory.resolve("back-up"));
  }

  /** Loses all that it has kept. */
  public void loseData() {
    Directories.delete(directory.resolve("data"));
  }

  /** Puts a back-up in the place of all that it has kept. */
  public void restore(Path backUp) {
    Directories.delete(directory.resolve("data"));
    Directories.copy(backUp, directory.resolve("data"));
  }

  /** Where it runs; it keeps its data in {@code data} below. */
  public Path directory() {
    return directory;
  }
}

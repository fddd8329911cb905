package io.handfast.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process that a test starts, freezes, stops and kills. None outlives the tests. */
public final class ChildProcess {
  private static final Set<Process> LIVING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> LIVING.forEach(Process::destroyForcibly)));
  }

  private final Process process;
  private final LogFile log;

  private ChildProcess(Process process, LogFile log) {
    this.process = process;
    this.log = log;
  }

  /** Starts the command in the directory; whatever it prints is appended to the log. */
  public static ChildProcess start(List<String> command, Path directory, LogFile log) {
    return start(command, directory, log, Map.of());
  }

  /** The same with more environment variables. */
  public static ChildProcess start(
      List<String> command, Path directory, LogFile log, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(ChildProcess::wouldConfigureTheChild);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
    try {
      Process process = builder.start();
      LIVING.add(process);
      process.onExit().thenAccept(LIVING::remove);
      return new ChildProcess(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean wouldConfigureTheChild(String variable) {
    return variable.startsWith("HANDFAST_")
        || variable.startsWith("QUARKUS_")
        || variable.startsWith("ARTEMIS_")
        || variable.startsWith("JAVA_ARGS");
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: no hook runs, nothing is flushed. Returns when the process is gone. */
  public void kill9() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  /** SIGKILL to it and to all that it has started. */
  public void kill9WithDescendants() {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  /** SIGTERM, without waiting for what comes of it. */
  public void askToStop() {
    process.destroy();
  }

  /** SIGTERM, then waits until the process is gone. */
  public Exit terminate(Duration patience) {
    askToStop();
    return awaitExit(patience);
  }

  /** Waits until the process is gone. */
  public Exit awaitExit(Duration patience) {
    long start = System.nanoTime();
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + patience + "\n" + log.tail(40));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return new Exit(process.exitValue(), Duration.ofNanos(System.nanoTime() - start));
  }

  /** SIGSTOP: the process stands still with all its connections open, until {@link #thaw}. */
  public void freeze() {
    Signals.send("STOP", process.pid());
  }

  /** SIGCONT: ends {@link #freeze}. */
  public void thaw() {
    Signals.send("CONT", process.pid());
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** How a process ended and how long that took since it was asked. */
  public record Exit(int code, Duration took) {}
}

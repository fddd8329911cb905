package io.handfast;

import io.handfast.concurrent.Deadline;
import io.handfast.embedded.EmbeddedParts;
import io.handfast.node.DirectoryLock;
import io.handfast.node.DurableFile;
import io.handfast.node.NodeHome;
import io.handfast.readiness.Check.Finding;
import io.handfast.readiness.Checks;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a start before anything is opened: what is unsafe, a data directory that another process
 * uses, and a port of the embedded broker that another process listens on.
 */
@Singleton
class EarlyRefusal {

  private static final Logger LOG = Logger.getLogger(EarlyRefusal.class);

  /** For a predecessor that is still stopping when this process is started. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Checks checks;
  private final NodeHome home;
  private final EmbeddedParts embedded;

  /** Never given back: the end of the process does that, when all of it has ended. */
  private @Nullable DirectoryLock directory;

  EarlyRefusal(Checks checks, NodeHome home, EmbeddedParts embedded) {
    this.checks = checks;
    this.home = home;
    this.embedded = embedded;
  }

  void refuseUnsafe(
      @Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent started) {
    List<Finding> findings = checks.startRefusals();
    if (!findings.isEmpty()) {
      throw new UnsafeStartException(findings);
    }
    takeDirectory();
    if (home.isDisposable()) {
      LOG.infof(
          "node name generated node=%s: handfast.node is not set; this node keeps nothing over a restart",
          home.name());
      home.deleteAbandoned();
    }
    OptionalInt taken = embedded.takenPort();
    if (taken.isPresent()) {
      throw refused(
          "handfast.embedded.broker-port",
          "is %d, where another process listens on 127.0.0.1".formatted(taken.getAsInt()),
          "stop that process, set a port that is free or 0 to have one picked, or name a broker in handfast.broker.url");
    }
  }

  private void takeDirectory() {
    Path data = home.directory().toAbsolutePath().normalize();
    Deadline deadline = Deadline.after(PATIENCE);
    try {
      DurableFile.createDirectories(data);
      Path file = home.lockFile();
      Optional<DirectoryLock> lock = DirectoryLock.take(file);
      if (lock.isEmpty()) {
        LOG.warnf(
            "data directory in use path=%s: by %s; waiting up to %s for it",
            data, DirectoryLock.holder(file), PATIENCE);
      }
      while (lock.isEmpty()) {
        if (deadline.isOver() || StopSignals.comesWithin(PAUSE)) {
          throw refused(
              "handfast.data-directory",
              "is %s, which %s uses".formatted(data, DirectoryLock.holder(file)),
              "stop that process, or give this one a handfast.data-directory and a handfast.node of its own");
        }
        lock = DirectoryLock.take(file);
      }
      directory = lock.get();
      directory.sign();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "handfast.data-directory: cannot be locked, in " + data + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the start was interrupted", e);
    }
  }

  private static UnsafeStartException refused(String key, String problem, String remedy) {
    return new UnsafeStartException(
        List.of(new Finding("start", Finding.Severity.REFUSES, key, problem, remedy)));
  }
}

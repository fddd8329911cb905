package io.handfast;

import io.handfast.concurrent.Threads;
import io.handfast.node.NodeConfig;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Ends the coordinator when the process is told to stop: within {@code handfast.shutdown-timeout},
 * counted from the signal, and a few seconds for closing.
 *
 * <p>Requests and units in flight share that time. What hangs for longer is left behind: the
 * process ends without it, which is a crash like any other, and recovery puts right what it leaves.
 */
@Singleton
class Shutdown {

  private static final Logger LOG = Logger.getLogger(Shutdown.class);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Coordinator coordinator;
  private final Duration patience;
  private volatile long begun;

  Shutdown(Coordinator coordinator, NodeConfig config) {
    this.coordinator = coordinator;
    this.patience = config.shutdownTimeout();
  }

  /** The process was told to stop: units end while requests do, and not after them. */
  void begin() {
    begun = System.nanoTime();
    coordinator.beginStop();
    Threads.start("stop-limit", this::endInTime);
  }

  private void endInTime() {
    Duration longest = patience.plus(CLOSING);
    try {
      Thread.sleep(longest.toMillis());
    } catch (InterruptedException e) {
      return; // none of ours interrupts it
    }
    LOG.errorf(
        "stop not ended after=%s: the process ends now; the next start recovers what is left",
        longest);
    Runtime.getRuntime().halt(StopSignals.status());
  }

  void onStop(@Observes ShutdownEvent event) {
    long spent = begun == 0 ? 0 : System.nanoTime() - begun;
    coordinator.stop(Duration.ofNanos(Math.max(0, patience.toNanos() - spent)));
  }
}

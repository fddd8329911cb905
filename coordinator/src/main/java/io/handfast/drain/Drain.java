package io.handfast.drain;

import io.handfast.drain.DrainReport.State;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeHome;
import io.handfast.recovery.RecoveryConfig;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Drains this node: a coordinator that leaves for good begins nothing new, ends what it has begun,
 * and says when its data directory may be deleted.
 *
 * <p>The disk is told first, both of a beginning and of an end: after a crash at any moment the
 * node is being drained or it is not, as the disk says. Thread-safe.
 */
public class Drain {

  private static final Logger LOG = Logger.getLogger(Drain.class);

  private final DrainedWork work;
  private final Clock clock;
  private final DrainFile file;
  private final Draining.Pace pace;
  private final List<String> embedded;
  private volatile @Nullable Draining current;

  /** Goes on with a drain that an earlier process has begun. */
  public Drain(
      NodeHome home, NodeConfig config, RecoveryConfig recovery, DrainedWork work, Clock clock) {
    this.work = work;
    this.clock = clock;
    this.file = new DrainFile(home.directory());
    this.pace = new Draining.Pace(config.shutdownTimeout(), recovery.interval());
    this.embedded = NodeConfig.embedded(config);
    file.since().ifPresent(this::stopIntake);
  }

  /** Whether a drain goes on that an earlier process has begun: no delivery may work then. */
  public static boolean goesOn(NodeHome home) {
    Optional<Instant> since = new DrainFile(home.directory()).since();
    since.ifPresent(
        begun -> LOG.infof("drain goes on: begun at %s, this node takes no work", begun));
    return since.isPresent();
  }

  /** Begins a drain, durably, and returns without waiting for it; one that is under way goes on. */
  public synchronized void begin() {
    if (current == null) {
      Instant since = clock.instant();
      file.write(since);
      LOG.infof("drain begun: this node takes no work from now on");
      stopIntake(since);
    }
  }

  private void stopIntake(Instant since) {
    work.stopIntake();
    current = new Draining(since, work, pace, clock, System::nanoTime);
  }

  /** Ends a drain, durably, and lets this node take work again. */
  public synchronized void end() {
    file.delete();
    if (current != null) {
      current = null;
      LOG.infof("drain ended: this node takes work again");
    }
    work.allowIntake(); // also after an end that has failed half-way
  }

  /** Goes on with the drain as far as it can now; to be called every now and then. */
  public void look() {
    Draining draining = current;
    try {
      if (draining != null) {
        draining.look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warnf(e, "progress of the drain not determined: trying again");
    }
  }

  /** How the drain stands now. */
  public DrainReport report() {
    Draining draining = current;
    OutstandingWork outstanding = work.outstanding();
    if (draining == null) {
      return new DrainReport(State.NONE, null, outstanding, false, VolumeReason.ofNone());
    }
    Instant since = draining.since();
    Instant scannedAt = draining.scannedAt().orElse(null);
    if (scannedAt == null || !outstanding.isNothing()) {
      String reason = VolumeReason.ofDraining(outstanding);
      return new DrainReport(State.DRAINING, since, outstanding, false, reason);
    }
    String reason = VolumeReason.ofDrained(scannedAt, embedded);
    return new DrainReport(State.DRAINED, since, outstanding, embedded.isEmpty(), reason);
  }
}

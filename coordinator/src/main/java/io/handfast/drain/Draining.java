package io.handfast.drain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs one drain of this node, from the stop of its intake to its end.
 *
 * <ol>
 *   <li>What is in flight ends by itself; what takes too long is given back to the broker.
 *   <li>What is in doubt is ended by recovery, which goes on as ever.
 *   <li>Nothing is known to be left for a while: a PREPARE that was on its way when its connection
 *       was lost may arrive after a first scan.
 *   <li>A scan of every participant, begun after that, finds nothing of this node: it is drained.
 * </ol>
 *
 * <p>Should something show up later after all, it is not, until it all holds again. Looked after by
 * one thread, asked by many.
 */
final class Draining {

  private static final Logger LOG = Logger.getLogger(Draining.class);

  /**
   * How long things take.
   *
   * @param patience until what is in flight is given back
   * @param quiet for how long nothing must be left before the scan that counts
   */
  record Pace(Duration patience, Duration quiet) {}

  private final Instant since;
  private final DrainedWork work;
  private final Pace pace;
  private final Clock clock;
  private final LongSupplier nanos;
  private final long begun;
  private boolean isGivenBack;
  private boolean isQuiet;
  private long quietSince;
  private volatile @Nullable Instant scannedAt;

  /**
   * A drain whose intake has been stopped.
   *
   * @param nanos counts like {@link System#nanoTime()}: clocks are moved, and pauses must not be
   */
  Draining(Instant since, DrainedWork work, Pace pace, Clock clock, LongSupplier nanos) {
    this.since = since;
    this.work = work;
    this.pace = pace;
    this.clock = clock;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
  }

  Instant since() {
    return since;
  }

  /** When the scan began that found nothing; empty while the node is not known to be drained. */
  Optional<Instant> scannedAt() {
    return Optional.ofNullable(scannedAt);
  }

  /** Goes on as far as it can now. */
  void look() throws InterruptedException {
    OutstandingWork outstanding = work.outstanding();
    if (!outstanding.isNothing()) {
      scannedAt = null;
      isQuiet = false;
      giveBackWhatTakesTooLong(outstanding);
    } else if (scannedAt == null) { // afterwards, a participant that holds nothing may go away
      confirmOnceQuiet(outstanding);
    }
  }

  private void giveBackWhatTakesTooLong(OutstandingWork outstanding) {
    if (!isGivenBack && !outstanding.inHand().units().isEmpty() && isOver(begun, pace.patience())) {
      isGivenBack = true;
      int units = work.giveBackInHand(); // others are clients', and have a lease
      if (units > 0) {
        LOG.warnf("units given back count=%d: they took longer than %s", units, pace.patience());
      }
    }
  }

  private void confirmOnceQuiet(OutstandingWork outstanding) throws InterruptedException {
    if (!outstanding.unreachable().isEmpty()) {
      isQuiet = false;
      return;
    }
    if (!isQuiet) {
      isQuiet = true;
      quietSince = nanos.getAsLong();
    }
    if (isOver(quietSince, pace.quiet())) {
      confirm();
    }
  }

  private void confirm() throws InterruptedException {
    Instant scanned = clock.instant();
    isQuiet = work.scan() && work.outstanding().isNothing();
    if (isQuiet) {
      scannedAt = scanned;
      LOG.infof("node drained: nothing of it is left anywhere; stop it");
    }
  }

  private boolean isOver(long from, Duration duration) {
    return nanos.getAsLong() - from >= duration.toNanos();
  }
}

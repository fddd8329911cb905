package io.handfast.recovery;

import io.handfast.concurrent.Scheduling;
import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.Participant;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A participant whose branches can be looked at only while it grants this node its name.
 *
 * <p>Thread-safe: one thread claims at a time, and none waits for it to learn what is known.
 */
final class FencedParticipant implements Participant {

  private static final Logger LOG = Logger.getLogger(FencedParticipant.class);

  private final Participant participant;
  private final String node;
  private final Clock clock;
  private final Lock claiming = Scheduling.newLock();
  private volatile @Nullable Fence fence;
  private volatile @Nullable Instant takenSince;
  private volatile boolean closed;
  private boolean isToldTaken;

  FencedParticipant(Participant participant, String node, Clock clock) {
    this.participant = participant;
    this.node = node;
    this.clock = clock;
  }

  @Override
  public String name() {
    return participant.name();
  }

  @Override
  public Fence claim(String node) throws NodeNameTakenException, ParticipantUnavailableException {
    return participant.claim(node);
  }

  /** Claims the name first, where it is not held. */
  @Override
  public RecoverySession openForRecovery() throws ParticipantUnavailableException {
    claiming.lock();
    try {
      hold();
      tellOurs();
    } catch (NodeNameTakenException e) {
      tellTaken(e);
      throw e;
    } finally {
      claiming.unlock();
    }
    return participant.openForRecovery();
  }

  /** Claims the name where it is not held; empty also where the participant cannot say. */
  Optional<NodeNameTakenException> refusal() {
    if (!claiming.tryLock()) {
      return Optional.empty(); // an earlier call still waits for an answer
    }
    try {
      hold();
      return Optional.empty();
    } catch (NodeNameTakenException e) {
      return Optional.of(e);
    } catch (ParticipantUnavailableException | RuntimeException e) {
      return Optional.empty(); // away: claimed when it is back, before the first look at a branch
    } finally {
      claiming.unlock();
    }
  }

  private void hold() throws ParticipantUnavailableException {
    if (isHeld()) {
      return;
    }
    release();
    try {
      fence = participant.claim(node);
      takenSince = null;
    } catch (NodeNameTakenException e) {
      takenSince = takenSince == null ? clock.instant() : takenSince;
      throw e;
    }
    if (closed) {
      release();
      throw new ParticipantUnavailableException("this node is stopping", null);
    }
  }

  /** Asks the participant; false also while the name is being claimed. */
  boolean isHeld() {
    Fence known = fence;
    return known != null && known.isHeld();
  }

  /** Whether the participant has kept the name for another coordinator when it was last asked. */
  boolean isTaken() {
    return takenSince != null;
  }

  /**
   * Says what to do, once, and only after the time in which a lost connection of this very process,
   * or of its predecessor, would have vanished.
   */
  private void tellTaken(NodeNameTakenException refusal) {
    Instant since = takenSince;
    if (!isToldTaken
        && since != null
        && Duration.between(since, clock.instant()).compareTo(NodeFences.PATIENCE) >= 0) {
      isToldTaken = true;
      LOG.errorf(
          "node name taken node=%s participant=%s: held by another coordinator, %s; this one takes no messages and resolves no branches there until the name is free: stop one of the two, or give it a handfast.node and a handfast.data-directory of its own",
          node, name(), refusal.holder());
    }
  }

  private void tellOurs() {
    if (isToldTaken) {
      isToldTaken = false;
      LOG.infof("node name held again node=%s participant=%s", node, name());
    }
  }

  /** Gives the name up, for good. */
  void close() {
    closed = true;
    release();
  }

  private void release() {
    Fence known = fence;
    fence = null;
    if (known != null) {
      known.close();
    }
  }
}

package io.handfast.delivery;

import io.handfast.log.DecisionLog;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.recovery.Recovery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a unit may begin: recovery has scanned its participants, the node has its name,
 * and no earlier outcome is unknown. Thread-safe.
 *
 * @param participants the names of the delivery's participants
 */
record UnitGate(Recovery recovery, DecisionLog log, List<String> participants) {

  boolean isOpen() {
    return log.isCertain() && recovery.isScanned(participants);
  }

  /** Waits for the participants; false where they are not there in time. */
  boolean awaitParticipants(Duration patience) throws InterruptedException {
    return recovery.awaitScanned(participants, patience);
  }

  /** Sees that the node holds its name at each of them, with a failure that says where not. */
  void requireHeld() throws ParticipantUnavailableException {
    recovery.requireHeld(participants);
  }

  /** Which participant is away, since when and why; empty where none is. */
  Optional<Recovery.Trouble> trouble() {
    return recovery.trouble(participants);
  }

  /** Why it is closed, as far as that is known; null where it is not. */
  @Nullable String reason() {
    return log.isCertain()
        ? trouble().map(Recovery.Trouble::cause).orElse(null)
        : "the decision log cannot be written";
  }

  /** A unit may have left a branch: recovery is to look soon. */
  void scanSoon() {
    recovery.scanSoon();
  }
}

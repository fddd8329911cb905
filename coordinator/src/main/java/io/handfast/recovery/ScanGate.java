package io.handfast.recovery;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.participant.ParticipantUnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Blocks consumers until their participants were scanned once since the start of this process.
 *
 * <p>It closes again where the node's name is not held any more. Thread-safe; asking whether it is
 * open takes no lock.
 */
final class ScanGate {

  private final NodeFences fences;
  private final Set<String> scanned = ConcurrentHashMap.newKeySet();
  private final Monitor monitor = new Monitor();
  private boolean isStopped;

  ScanGate(NodeFences fences) {
    this.fences = fences;
  }

  /** A participant was scanned; whether the gate was closed for it. */
  boolean open(String participant) {
    boolean wasClosed = scanned.add(participant);
    if (wasClosed) {
      try (Monitor held = monitor.enter()) {
        monitor.changed();
      }
    }
    return wasClosed;
  }

  void closeUnlessHeld(String participant) {
    try {
      fences.requireHeld(List.of(participant));
    } catch (ParticipantUnavailableException e) {
      scanned.remove(participant);
    }
  }

  boolean isOpen(Collection<String> participants) {
    return scanned.containsAll(participants);
  }

  /** Waits until it is open; false where it was not within the time given. */
  boolean await(Collection<String> participants, Duration patience) throws InterruptedException {
    Deadline deadline = Deadline.after(patience);
    try (Monitor held = monitor.enter()) {
      monitor.await(deadline, () -> isOpen(participants) || isStopped);
      return isOpen(participants);
    }
  }

  /** Releases the threads that wait. */
  void stop() {
    try (Monitor held = monitor.enter()) {
      isStopped = true;
      monitor.changed();
    }
  }
}

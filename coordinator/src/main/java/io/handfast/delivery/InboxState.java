package io.handfast.delivery;

import io.handfast.message.BrokerException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Which inbox ids of a delivery can be removed, and which an earlier protocol left; shared by its
 * consumers. Thread-safe.
 */
final class InboxState {

  /** Counts the messages of the source, those in flight included. */
  @FunctionalInterface
  interface SourceCount {
    long messages() throws BrokerException;
  }

  private static final Duration BETWEEN_SWEEPS = Duration.ofSeconds(30);

  private final Set<String> leftovers;
  private final Clock clock;
  private final List<String> confirmed = new ArrayList<>();
  private Instant nextSweep;

  /**
   * Begins with what is in the inbox though the delivery does not use it now.
   *
   * @param leftovers ids whose rows are committed and whose messages may come again
   */
  InboxState(Set<String> leftovers, Clock clock) {
    this.leftovers = Set.copyOf(leftovers);
    this.clock = clock;
    this.nextSweep = clock.instant();
  }

  boolean hasLeftovers() {
    return !leftovers.isEmpty();
  }

  Set<String> leftovers() {
    return leftovers;
  }

  synchronized void confirmed(Collection<String> ids) {
    confirmed.addAll(ids);
  }

  /** The ids to remove, which are the caller's business from now on. */
  synchronized List<String> takeConfirmed() {
    List<String> taken = new ArrayList<>(confirmed);
    confirmed.clear();
    return taken;
  }

  /** Whether it is time to look for ids that a crash has left; true once in a while. */
  synchronized boolean isSweepDue() {
    Instant now = clock.instant();
    if (now.isBefore(nextSweep)) {
      return false;
    }
    nextSweep = now.plus(BETWEEN_SWEEPS);
    return true;
  }
}

package io.handfast.sqs;

import io.handfast.concurrent.Monitor;
import io.handfast.concurrent.Repeating;
import io.handfast.concurrent.Threads;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/** Extends the leases of all sessions, on few threads. Thread-safe. */
final class LeaseKeeper implements AutoCloseable {

  /** Sessions whose leases are extended at once: one that SQS does not answer holds up few. */
  private static final int AT_ONCE = 4;

  private static final int LOOKS_A_LEASE = 10;

  private final Monitor monitor = new Monitor();
  private final Set<Leases> kept = new LinkedHashSet<>();
  private final Executor extensions = Threads.executor("sqs-leases", AT_ONCE);
  private final Repeating looks;

  /**
   * Begins.
   *
   * @param lease how long a lease is
   */
  LeaseKeeper(Duration lease) {
    Duration pause = lease.dividedBy(LOOKS_A_LEASE);
    this.looks = Repeating.start("sqs-leases-look", pause, pause, this::look);
  }

  void add(Leases leases) {
    try (Monitor held = monitor.enter()) {
      kept.add(leases);
    }
  }

  void remove(Leases leases) {
    try (Monitor held = monitor.enter()) {
      kept.remove(leases);
    }
  }

  private void look() {
    for (Leases leases : monitor.inside(() -> List.copyOf(kept))) {
      if (leases.isDue()) {
        extensions.execute(leases::extend);
      }
    }
  }

  @Override
  public void close() {
    looks.close();
  }
}

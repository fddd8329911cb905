package io.handfast;

import io.handfast.concurrent.Deadline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Closes what was started, in the reverse order, also after a start that failed. Thread-safe. */
final class CloseSequence {

  private static final Logger LOG = Logger.getLogger(CloseSequence.class);

  private final Deque<Consumer<Deadline>> ends = new ArrayDeque<>();

  /** Adds the end of what has just begun, or is about to begin. */
  synchronized void add(Consumer<Deadline> end) {
    ends.push(end);
  }

  /** Ends all of it, each once. One that fails keeps no other from ending. */
  void run(Deadline deadline) {
    for (Consumer<Deadline> end = next(); end != null; end = next()) {
      try {
        end.accept(deadline);
      } catch (RuntimeException e) {
        LOG.warn("closing a component failed: the next start recovers what it has left", e);
      }
    }
  }

  private synchronized @Nullable Consumer<Deadline> next() {
    return ends.poll();
  }
}

package io.handfast.node;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process where the heap is used up.
 *
 * <p>An {@link OutOfMemoryError} strikes any thread at any line: locks, counters and connections
 * may be left half changed, and threads be gone that others rely on. The process ends as if it were
 * killed, which recovery puts right at the next start; a process that goes on answers as if it were
 * well.
 */
public final class OutOfMemory {

  private static final Logger LOG = Logger.getLogger(OutOfMemory.class);
  private static final int DEEPEST = 20;
  private static final int STATUS = 3; // as with -XX:+ExitOnOutOfMemoryError

  private OutOfMemory() {}

  /** Whether a failure is, or was caused by, a heap that is used up. */
  public static boolean isCauseOf(@Nullable Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < DEEPEST && cause != null; i++, cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
    }
    return false;
  }

  /** Ends the process at once where a failure has this cause. */
  public static void endProcessIfCauseOf(@Nullable Throwable failure) {
    if (isCauseOf(failure)) {
      end();
    }
  }

  private static void end() {
    try {
      LOG.error(
          "out of memory: the process ends; give it more heap, or less to messages (handfast.memory.in-flight, consumers); the next start recovers what is left");
    } finally { // there may be no memory for the line either
      Runtime.getRuntime().halt(STATUS);
    }
  }
}

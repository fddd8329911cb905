package io.handfast.tracing;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Keeps whatever goes wrong in tracing away from what is traced.
 *
 * <p>Spans are made between the steps of a unit of work, of messages that anybody may have sent: a
 * failure there would be taken for one of the step, and hold up a delivery for good.
 */
final class Harmless {

  private static final Logger LOG = Logger.getLogger(Harmless.class);
  private static final AtomicBoolean IS_TOLD = new AtomicBoolean();

  private Harmless() {}

  static void run(Runnable work) {
    or(
        false,
        () -> {
          work.run();
          return true;
        });
  }

  /** What the work gives, or something else where it fails. */
  static <T> T or(T otherwise, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      if (IS_TOLD.compareAndSet(false, true)) {
        LOG.warnf(e, "tracing failed: spans are missing, and nothing else; this is said once");
      }
      return otherwise;
    }
  }
}

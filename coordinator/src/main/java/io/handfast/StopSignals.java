package io.handfast;

import io.quarkus.runtime.Quarkus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;

/**
 * Handles SIGTERM and SIGINT: the first one stops the process orderly, a second one at once.
 *
 * <p>The virtual machine ignores a second signal while its shutdown hooks run. A stop at once is a
 * crash like any other: recovery puts right what it leaves.
 */
final class StopSignals {

  private static final int FATAL_SIGNAL = 128;
  private static final CountDownLatch FIRST = new CountDownLatch(1);

  private static volatile int status;

  private StopSignals() {}

  static void install() {
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            status = FATAL_SIGNAL + signal.getNumber();
            if (isFirst()) {
              // Not System.exit: shutdown hooks, H2's among them, would run beside the orderly end.
              Quarkus.asyncExit(status);
            } else {
              Runtime.getRuntime().halt(status);
            }
          });
    }
  }

  private static synchronized boolean isFirst() {
    boolean isFirst = FIRST.getCount() > 0;
    FIRST.countDown();
    return isFirst;
  }

  /**
   * The exit status that the signals so far ask for; 0 while none has come. Quarkus forgets what
   * was asked of it before it runs the application ({@code ApplicationLifecycleManager.run},
   * 3.33.2), so a thread that begins to wait must look here first.
   */
  static int status() {
    return status;
  }

  /** Waits for the first signal; false where it does not come in time. */
  static boolean comesWithin(Duration patience) throws InterruptedException {
    return FIRST.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }
}

package io.handfast;

import io.quarkus.runtime.Quarkus;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;

/**
 * The first SIGTERM or SIGINT ends the process well, a second one at once.
 *
 * <p>The virtual machine ignores a second signal while its shutdown hooks run. A stop at once is a
 * crash like any other: recovery puts right what it leaves.
 */
final class StopSignals {

  private StopSignals() {}

  static void install() {
    AtomicBoolean isStopping = new AtomicBoolean();
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            int status = 128 + signal.getNumber();
            if (isStopping.compareAndSet(false, true)) {
              // Not System.exit: shutdown hooks, H2's among them, would run beside the orderly end.
              Quarkus.asyncExit(status);
            } else {
              Runtime.getRuntime().halt(status);
            }
          });
    }
  }
}

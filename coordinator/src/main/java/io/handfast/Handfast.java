package io.handfast;

import io.handfast.live.LiveEvents;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.UncheckedIOException;
import org.jboss.logging.Logger;

/** The command: starts the coordinator, says where everything is, and waits for the end. */
@QuarkusMain
public class Handfast implements QuarkusApplication {

  private static final Logger LOG = Logger.getLogger(Handfast.class);
  private static final int REFUSED = 1;

  private final Coordinator coordinator;
  private final Banner banner;
  private final LiveEvents live;

  Handfast(Coordinator coordinator, Banner banner, LiveEvents live) {
    this.coordinator = coordinator;
    this.banner = banner;
    this.live = live;
  }

  public static void main(String... arguments) {
    StopSignals.install();
    Quarkus.run(Handfast.class, arguments);
  }

  @Override
  public int run(String... arguments) throws InterruptedException {
    if (StopSignals.status() != 0) {
      return StopSignals.status();
    }
    try {
      if (coordinator.start()) {
        banner.printOnceReady();
      }
    } catch (UnsafeStartException
        | IllegalStateException
        | IllegalArgumentException
        | UncheckedIOException e) {
      LOG.errorf("Handfast does not start:\n%s", e.getMessage());
      LOG.debug("why", e);
      return REFUSED;
    }
    Quarkus.waitForExit();
    live.close();
    return 0;
  }
}

package io.handfast;

import io.handfast.live.LiveEvents;
import io.handfast.node.OutOfMemory;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.UncheckedIOException;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The main class: starts the coordinator, prints its addresses, and waits for the end. */
@QuarkusMain
public class Handfast implements QuarkusApplication {

  private static final Logger LOG = Logger.getLogger(Handfast.class);
  private static final int REFUSED = 1;

  private final Coordinator coordinator;
  private final Banner banner;
  private final LiveEvents live;
  private final Shutdown stopping;

  Handfast(Coordinator coordinator, Banner banner, LiveEvents live, Shutdown stopping) {
    this.stopping = stopping;
    this.coordinator = coordinator;
    this.banner = banner;
    this.live = live;
  }

  public static void main(String... arguments) {
    OptionalInt answered = CommandLine.answer(arguments);
    if (answered.isPresent()) {
      System.exit(answered.getAsInt());
    }
    StopSignals.install();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          OutOfMemory.endProcessIfCauseOf(failure);
          LOG.errorf(failure, "failure not caught thread=%s: please report it", thread.getName());
        });
    Quarkus.run(Handfast.class, Handfast::end, arguments);
  }

  /** Quarkus says nothing about a failed start where it is given a way to end. */
  private static void end(int status, @Nullable Throwable failure) {
    if (failure != null) {
      FailedStart.tell(failure, ConfigProvider.getConfig());
    }
    System.exit(status);
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
      FailedStart.tell(e, ConfigProvider.getConfig());
      return REFUSED;
    }
    Quarkus.waitForExit();
    stopping.begin();
    live.close();
    return 0;
  }
}

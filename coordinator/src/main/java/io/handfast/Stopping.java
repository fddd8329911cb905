package io.handfast;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Ends the coordinator when the process is told to stop. */
@Singleton
class Stopping {

  private final Coordinator coordinator;

  Stopping(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  void onStop(@Observes ShutdownEvent event) {
    coordinator.stop();
  }
}

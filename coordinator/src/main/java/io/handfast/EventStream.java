package io.handfast;

import io.handfast.event.Events;
import io.handfast.event.Subscriber;
import io.handfast.live.Latencies;
import io.handfast.metrics.Metrics;
import io.handfast.readiness.Checks.CheckedAdmission;
import io.handfast.timeline.Timelines;
import io.handfast.tracing.Tracing;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Connects all subscribers to the events of this process. */
class EventStream {

  @Produces
  @Singleton
  Events events(
      Timelines timelines,
      Metrics metrics,
      Latencies latencies,
      Tracing tracing,
      CheckedAdmission admission) {
    List<Subscriber> subscribers =
        new ArrayList<>(List.of(timelines, metrics, latencies, admission));
    if (!tracing.isOff()) {
      subscribers.add(tracing);
    }
    return new Events(subscribers);
  }
}

package io.handfast;

import io.handfast.event.Events;
import io.handfast.event.TraceContext;
import io.handfast.metrics.Metrics;
import io.handfast.queue.QueueDepths;
import io.handfast.readiness.CheckedAdmission;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What the parts of a node tell and ask, and what is there before any of them. */
@Singleton
record Surroundings(
    Events events,
    TraceContext traces,
    Metrics metrics,
    QueueDepths depths,
    CheckedAdmission admission,
    Clock clock) {}

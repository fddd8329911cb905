package io.handfast;

import io.handfast.event.Events;
import io.handfast.event.TraceContext;
import io.handfast.metrics.Metrics;
import io.handfast.queue.QueueDepths;
import io.handfast.readiness.Checks.CheckedAdmission;
import jakarta.inject.Singleton;
import java.time.Clock;

/**
 * What exists before the parts of a node and is used by them: clock, events, metrics, traces and
 * checks.
 */
@Singleton
record NodeEnvironment(
    Events events,
    TraceContext traces,
    Metrics metrics,
    QueueDepths depths,
    CheckedAdmission admission,
    Clock clock) {}

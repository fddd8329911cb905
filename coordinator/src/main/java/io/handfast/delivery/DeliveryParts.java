package io.handfast.delivery;

import io.handfast.message.UnusableMessageException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The collaborators that the consumers and pulls of one delivery share.
 *
 * @param opening opens sessions, and begins units in them
 * @param sinks makes a sink for each consumer
 * @param gate whether units may begin
 * @param source where its messages come from
 * @param deferred defers and dead-letters messages that are not applied
 * @param events publishes what happens to its units
 * @param interruption what goes wrong with it
 * @param admission is told where the checks may find something new
 */
record DeliveryParts(
    String name,
    DeliverySpecification specification,
    UnitOpener opening,
    Supplier<Sink> sinks,
    UnitGate gate,
    DeliverySource source,
    DeferredMessages deferred,
    UnitEvents events,
    Interruption interruption,
    Counters counters,
    Admission admission) {

  /** The database whose inbox recognises duplicates; null under other protocols. */
  @Nullable String inboxDatabase() {
    return specification.isIdempotency() ? specification.databaseName() : null;
  }

  /** Counts a unit as committed. */
  void countCommitted(Batch batch) {
    batch.countCommitted(counters);
    if (counters.hasNewsOfNonPersistent()) {
      admission.changed();
    }
  }

  /** Gets rid of a message that can be neither read nor copied; whether it is gone. */
  boolean moveAside(UnusableMessageException unusable) {
    boolean isMoved = source.moveAside(unusable);
    if (isMoved) {
      counters.deadLettered.increment();
    }
    return isMoved;
  }
}

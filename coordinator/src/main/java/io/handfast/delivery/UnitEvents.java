package io.handfast.delivery;

import io.handfast.concurrent.Scheduling;
import io.handfast.event.Event.UnitApplied;
import io.handfast.event.Event.UnitEnded;
import io.handfast.event.Event.UnitReceived;
import io.handfast.event.Events;
import io.handfast.event.ObservedDelivery;
import io.handfast.event.TraceContext;
import io.handfast.message.Message;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Publishes what happens to the units of one delivery's consumers. */
record UnitEvents(ObservedDelivery delivery, Events events, TraceContext traces) {

  /**
   * The messages of a unit have come.
   *
   * @param asked when the source was asked for them, by {@link Scheduling#nanoTime()}
   */
  UnitReceived received(@Nullable TransactionId transaction, List<Message> messages, long asked) {
    long now = Scheduling.nanoTime();
    UnitReceived unit = new UnitReceived(delivery, transaction, messages, now, now - asked);
    events.publish(unit);
    return unit;
  }

  /** The messages of a unit have been applied since {@code begun}, or that has failed. */
  void applied(Batch batch, long begun, @Nullable Exception failure) {
    UnitReceived received = batch.received();
    if (received != null && events.isHeard()) {
      int applied = batch.applied().size();
      int refused = batch.refused().size();
      events.publish(
          new UnitApplied(received, applied, refused, Scheduling.nanoTime() - begun, failure));
    }
  }

  /** A unit is over; one that received nothing has not begun. */
  void ended(Batch batch, Outcome outcome) {
    UnitReceived received = batch.received();
    if (received != null && events.isHeard()) {
      long nanos = Scheduling.nanoTime() - received.receivedNanos();
      events.publish(new UnitEnded(received, outcome, batch.applied(), batch.causes(), nanos));
    }
  }

  /** What a copy of a message, or a call about it, carries so that its trace goes on there. */
  Map<String, String> contextOf(@Nullable UnitReceived unit, Message message) {
    return unit == null ? Map.of() : traces.of(unit, message);
  }
}

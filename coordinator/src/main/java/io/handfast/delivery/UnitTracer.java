package io.handfast.delivery;

import io.handfast.message.Message;
import io.handfast.transaction.TransactionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Begins the traces of the units of one delivery, for many threads. */
@FunctionalInterface
public interface UnitTracer {

  /** Begins none. */
  UnitTracer OFF = (transaction, messages, askedNanos) -> UnitTrace.NONE;

  /** Makes the tracers of deliveries. */
  @FunctionalInterface
  interface Factory {

    /** Makes those that begin none. */
    Factory OFF = (delivery, specification) -> UnitTracer.OFF;

    /** The tracer of a delivery. */
    UnitTracer of(String delivery, DeliverySpecification specification);
  }

  /**
   * The messages of a unit have come.
   *
   * @param transaction the unit's; null outside two-phase commit
   * @param messages at least one
   * @param askedNanos when the source was asked for them, by {@link System#nanoTime()}
   */
  UnitTrace received(@Nullable TransactionId transaction, List<Message> messages, long askedNanos);
}

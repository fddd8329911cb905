package io.handfast.delivery;

import io.handfast.transaction.Outcome;

/**
 * Who is told what a delivery does.
 *
 * @param commits is told what has taken effect
 * @param units is told of units of work
 * @param tracer begins the traces of units
 * @param counters go on where the delivery stands in the place of an earlier one
 */
record Observers(CommitWatch commits, DeliveryWatch units, UnitTracer tracer, Counters counters) {

  /** A unit of a consumer is over, in whatever way. */
  void ended(Delivery delivery, Unit unit, Outcome outcome) {
    if (!unit.inHand().isEmpty()) {
      long nanos = System.nanoTime() - unit.begunNanos();
      units.ended(delivery, outcome, unit.inHand().size(), nanos);
      unit.trace().ended(outcome, unit.causes());
    }
  }
}

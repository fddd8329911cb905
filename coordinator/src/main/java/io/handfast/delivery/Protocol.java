package io.handfast.delivery;

import io.handfast.transaction.Outcome;

/** The order of the steps of one unit of work, which is what a guarantee is. */
@FunctionalInterface
interface Protocol {

  /** Runs one unit of work to its outcome. */
  Outcome run(Lane lane);
}

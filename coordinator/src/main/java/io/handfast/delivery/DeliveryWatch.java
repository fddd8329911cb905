package io.handfast.delivery;

import io.handfast.transaction.Outcome;

/** Is told of the deliveries of this node and of their units, by many threads. */
public interface DeliveryWatch {

  /** Looks away. */
  DeliveryWatch NONE =
      new DeliveryWatch() {
        @Override
        public void opened(Delivery delivery) {}

        @Override
        public void replaced(Delivery before, Delivery after) {}

        @Override
        public void closed(Delivery delivery) {}

        @Override
        public void ended(Delivery delivery, Outcome outcome, int messages, long nanos) {}
      };

  /** A delivery has come to life, and does not work yet. */
  void opened(Delivery delivery);

  /** A delivery has taken the place of one of its name, and goes on with its counters. */
  void replaced(Delivery before, Delivery after);

  /** A delivery is deleted, and does not work any more. */
  void closed(Delivery delivery);

  /**
   * A unit of work of a consumer is over.
   *
   * @param messages how many it had in hand, at least one
   * @param nanos how long it took from the moment when they had come
   */
  void ended(Delivery delivery, Outcome outcome, int messages, long nanos);
}

package io.handfast.drain;

/** The operations that a drain needs of a node: stop new work, wait for it, ask what is left. */
public interface DrainedWork {

  /** Lets nothing begin any more; returns without waiting for what has begun. */
  void stopIntake();

  /** Lets work begin again; does no harm where it may. */
  void allowIntake();

  /** Gives back to the broker what consumers have in flight; returns how many units that were. */
  int giveBackInHand();

  /** What is left to do, by what is known now. */
  OutstandingWork outstanding();

  /**
   * Scans every participant; what it has found is in {@link #outstanding()} when this returns.
   *
   * @return false where one of them could not be asked
   */
  boolean scan() throws InterruptedException;
}

package io.handfast.drain;

/** What a drain stops, waits for and asks. */
public interface Work {

  /** Lets nothing begin any more; returns without waiting for what has begun. */
  void stopIntake();

  /** Lets work begin again; does no harm where it may. */
  void allowIntake();

  /** Gives back to the broker what consumers have in hand; returns how many units that were. */
  int giveBackInHand();

  /** What is left to do, by what is known now. */
  Outstanding outstanding();

  /**
   * Scans every participant; what it has found is in {@link #outstanding()} when this returns.
   *
   * @return false where one of them could not be asked
   */
  boolean scan() throws InterruptedException;
}

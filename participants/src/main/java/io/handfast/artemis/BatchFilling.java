package io.handfast.artemis;

/**
 * Decides whether a batch with at least one message waits for more.
 *
 * <p>Under a backlog the wait pays: more messages are on their way to the buffer. Where a message
 * comes now and then it only makes that one late. There is no backlog where the one message of the
 * batch before was alone, and this one was not in the buffer yet when it was asked for.
 *
 * <p>Not thread-safe.
 */
final class BatchFilling {

  /** Taking a message out of the buffer takes less, by far. */
  private static final long LONGEST_TAKE_NANOS = 100_000;

  private boolean wasAlone;

  /**
   * Whether to look for more.
   *
   * @param nanos how long the first message took to come
   */
  boolean isWorthwhile(long nanos) {
    return !wasAlone || nanos < LONGEST_TAKE_NANOS;
  }

  /** Learns from a batch of at least one message. */
  void learn(int size) {
    wasAlone = size == 1;
  }
}

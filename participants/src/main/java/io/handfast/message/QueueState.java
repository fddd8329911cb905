package io.handfast.message;

/**
 * What a queue holds at one moment.
 *
 * @param messages all messages, those in delivery, scheduled and in prepared branches included
 * @param consumers consumers that are connected
 */
public record QueueState(long messages, long consumers) {

  /** A queue that does not exist yet. */
  public static final QueueState ABSENT = new QueueState(0, 0);
}

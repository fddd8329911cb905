package io.handfast.message;

/**
 * The numbers of messages and consumers of a queue at one moment. The members are those of an
 * answer of the API.
 *
 * @param messages all messages, those in delivery, scheduled and in prepared branches included
 * @param consumers consumers that are connected
 * @param prepared messages whose acknowledgement is in a prepared branch
 */
public record QueueState(long messages, long consumers, long prepared) {

  /** A queue that does not exist yet. */
  public static final QueueState ABSENT = new QueueState(0, 0, 0);
}

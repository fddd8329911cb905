package io.handfast.message;

/**
 * The capabilities of one kind of source.
 *
 * @param kind the kind, as people call it
 * @param hasBranches whether what is received and sent can be prepared, as XA needs it
 * @param sends whether it takes messages, in the transaction that acknowledges others
 * @param hasTopics whether it has topics with durable subscriptions, besides queues
 * @param hasGroups whether it keeps the order within groups of messages
 * @param hasSelectors whether a consumer can ask for some of the messages only
 * @param holdsBack whether it can hold a copy of a message back for a time
 * @param hasPositions whether its partitions keep their messages, and a position tells how far they
 *     were applied: its sessions are {@link PositionedSession}s
 * @param leases whether its messages are leased, so that a session can {@link SourceSession#hold}
 *     them back
 */
public record SourceCapabilities(
    String kind,
    boolean hasBranches,
    boolean sends,
    boolean hasTopics,
    boolean hasGroups,
    boolean hasSelectors,
    boolean holdsBack,
    boolean hasPositions,
    boolean leases) {

  /** Those of a source that gives each message away. */
  public SourceCapabilities(
      String kind,
      boolean hasBranches,
      boolean sends,
      boolean hasTopics,
      boolean hasGroups,
      boolean hasSelectors,
      boolean holdsBack) {
    this(kind, hasBranches, sends, hasTopics, hasGroups, hasSelectors, holdsBack, false);
  }

  /** Those of a source that leases no messages. */
  public SourceCapabilities(
      String kind,
      boolean hasBranches,
      boolean sends,
      boolean hasTopics,
      boolean hasGroups,
      boolean hasSelectors,
      boolean holdsBack,
      boolean hasPositions) {
    this(
        kind,
        hasBranches,
        sends,
        hasTopics,
        hasGroups,
        hasSelectors,
        holdsBack,
        hasPositions,
        false);
  }
}

package io.handfast.message;

import java.util.Set;

/**
 * The capabilities of one kind of source.
 *
 * @param kind the kind, as people call it
 * @param all what it can do
 */
public record SourceCapabilities(String kind, Set<Capability> all) {

  /** What a source may be able to do. */
  public enum Capability {
    /** What is received and sent can be prepared, as XA needs it. */
    BRANCHES,
    /** It takes messages, in the transaction that acknowledges others. */
    SENDS,
    /** It has topics with durable subscriptions, besides queues. */
    TOPICS,
    /** It keeps the order within groups of messages. */
    GROUPS,
    /** A consumer can ask for some of the messages only. */
    SELECTORS,
    /** It can hold a copy of a message back for a time. */
    HOLDS_BACK,
    /**
     * Its partitions keep their messages, and a position tells how far they were applied: its
     * sessions are {@link PositionedSession}s.
     */
    POSITIONS,
    /** Its messages are leased, so that a session can {@link SourceSession#hold} them back. */
    LEASES
  }

  /** Those of a kind that has these. */
  public static SourceCapabilities of(String kind, Capability... all) {
    return new SourceCapabilities(kind, Set.of(all));
  }

  /** Whether it has one. */
  public boolean has(Capability one) {
    return all.contains(one);
  }
}

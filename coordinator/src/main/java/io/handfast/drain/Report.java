package io.handfast.drain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a drain stands.
 *
 * @param since when it was begun; null where the node is not being drained
 * @param outstanding what is left to do; of a node that takes work, what would be
 * @param volumeMayBeDeleted whether nobody needs this node's data directory any more
 * @param reason why it may be deleted, or why not yet
 */
public record Report(
    State state,
    @Nullable Instant since,
    Outstanding outstanding,
    boolean volumeMayBeDeleted,
    String reason) {

  /** How far a drain is. */
  public enum State {
    /** The node takes work. */
    NONE,
    /** It takes none, and something is left to do or to be confirmed. */
    DRAINING,
    /** It takes none, and nothing of it is left at any participant. */
    DRAINED
  }
}

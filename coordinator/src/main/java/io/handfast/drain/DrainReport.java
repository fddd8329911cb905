package io.handfast.drain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a drain.
 *
 * @param since when it was begun; null where the node is not being drained
 * @param outstanding what is left to do; of a node that takes work, what would be
 * @param volumeMayBeDeleted whether this node's data directory may be deleted
 * @param reason why it may be deleted, or why not yet
 */
public record DrainReport(
    State state,
    @Nullable Instant since,
    OutstandingWork outstanding,
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

package io.handfast.message;

import java.time.Duration;
import java.util.Map;

/**
 * A copy of a received message that the source of the message sends.
 *
 * @param original the message
 * @param kind what the copy is for
 * @param headers headers to add, or to change
 * @param delay how long the broker holds the copy back
 */
public record MessageCopy(Message original, Kind kind, Map<String, ?> headers, Duration delay) {

  /** What a copy is for, which decides what of the message it keeps. */
  public enum Kind {
    /** The message again, later: it does not expire meanwhile, but remembers when it would have. */
    RETRY(true, true),
    /** The message, put away for people: it does not expire. */
    DEAD_LETTER(true, true),
    /** The message, back where it came from as if it had not failed: it does not expire. */
    REPLAY(true, true),
    /** The message as it is, into a queue that it was taken from. */
    RETURN(true, false),
    /** A new message with the content of this one: it expires when this one would. */
    FORWARD(false, false);

    private final boolean isSameMessage;
    private final boolean isKept;

    Kind(boolean isSameMessage, boolean isKept) {
      this.isSameMessage = isSameMessage;
      this.isKept = isKept;
    }

    /** Whether the copy stands for the message, and takes its id along. */
    public boolean isSameMessage() {
      return isSameMessage;
    }

    /** Whether the copy stays until Handfast or an operator takes it. */
    public boolean isKept() {
      return isKept;
    }
  }

  /** A copy that is sent at once. */
  public MessageCopy(Message original, Kind kind, Map<String, ?> headers) {
    this(original, kind, headers, Duration.ZERO);
  }
}

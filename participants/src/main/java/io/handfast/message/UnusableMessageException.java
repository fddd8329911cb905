package io.handfast.message;

import org.jspecify.annotations.Nullable;

/**
 * A message that this client can neither read nor copy, and so can never take out of its queue: the
 * broker has to move it.
 */
public final class UnusableMessageException extends BrokerException {

  private static final long serialVersionUID = 1L;

  private final @Nullable Long messageId;

  /**
   * A message that cannot be used.
   *
   * @param messageId the broker's number of the message; null where the broker has closed the
   *     consumer, which it does when it fails to hand a message out
   */
  public UnusableMessageException(@Nullable Long messageId, String reason) {
    super(reason);
    this.messageId = messageId;
  }

  /** The broker's number of the message, or null where the broker does not say which it is. */
  public @Nullable Long messageId() {
    return messageId;
  }

  /** Whether it is this message. */
  public boolean isAbout(Message message) {
    return messageId != null && messageId == message.number();
  }

  /** The one among the causes of a failure, or null. */
  public static @Nullable UnusableMessageException in(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnusableMessageException unusable) {
        return unusable;
      }
    }
    return null;
  }
}

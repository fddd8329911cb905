package io.handfast.participant;

import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/**
 * A participant refuses to prepare what a branch has done, and would refuse it again; the branch is
 * rolled back. A local transaction could commit it.
 */
public class UnpreparableException extends XAException {

  private static final long serialVersionUID = 1L;

  /** The message is for people, and says what the participant has answered. */
  public UnpreparableException(String message, Throwable cause) {
    super(message);
    errorCode = XA_RBOTHER;
    initCause(cause);
  }

  /** The one among the causes of a failure; null where there is none. */
  public static @Nullable UnpreparableException in(@Nullable Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof UnpreparableException found) {
        return found;
      }
      cause = cause.getCause();
    }
    return null;
  }
}

package io.handfast.transaction;

import io.handfast.participant.Secrets;

/**
 * Failures as a person reads them: the deepest message, without class names, stack traces or
 * passwords.
 */
public final class Causes {

  private static final int DEEPEST = 20;

  private Causes() {}

  /** The deepest message of a failure and its causes, or that of the first that is explained. */
  public static String readable(Throwable failure) {
    Throwable deepest = failure;
    String message = failure.getMessage();
    for (int i = 0;
        i < DEEPEST && deepest.getCause() != null && !(deepest instanceof Explained);
        i++) {
      deepest = deepest.getCause();
      message = deepest.getMessage() == null ? message : deepest.getMessage();
    }
    return message == null ? deepest.getClass().getSimpleName() : Secrets.hidden(message.strip());
  }
}

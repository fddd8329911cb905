package io.handfast.participant;

import org.jspecify.annotations.Nullable;

/**
 * A participant cannot be reached now; nothing is known to have happened and asking again is safe.
 */
public class ParticipantUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  public ParticipantUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.handfast.participant;

/**
 * A participant cannot be reached now; nothing is known to have happened and asking again is safe.
 */
public class ParticipantUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  public ParticipantUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

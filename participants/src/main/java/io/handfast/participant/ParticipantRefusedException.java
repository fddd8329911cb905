package io.handfast.participant;

import org.jspecify.annotations.Nullable;

/**
 * A participant refuses this node: a wrong user or password, a database that does not exist, a
 * missing right. It cannot change before an operator corrects one of the two sides.
 */
public final class ParticipantRefusedException extends ParticipantUnavailableException {

  private static final long serialVersionUID = 1L;

  public ParticipantRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.handfast.database;

import org.jspecify.annotations.Nullable;

/** The message is at fault: applying it again cannot succeed. */
public class PoisonException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The message is for an operator, who reads it in a header of the dead letter. */
  public PoisonException(String message) {
    this(message, null);
  }

  /** The message is for an operator, who reads it in a header of the dead letter. */
  public PoisonException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.handfast.resolution;

/** What a person wants to do with a branch is not done; nothing has changed. */
public class RefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why, as far as it makes a difference to the caller. */
  public enum Reason {
    /** No participant holds it, and nothing waits for it. */
    NOT_FOUND,
    /** It is another coordinator's, which alone may resolve it. */
    FOREIGN,
    /** A worker of this node has it in hand and will end it. */
    IN_USE,
    /** The log, or what a person did before, says otherwise; may be forced. */
    CONTRADICTS_LOG,
    /** The participant cannot be asked now, or has refused. */
    PARTICIPANT
  }

  private final Reason reason;

  RefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

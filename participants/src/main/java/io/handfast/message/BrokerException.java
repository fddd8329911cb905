package io.handfast.message;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that the broker did not answer, or refused; the message is the broker's or its client's.
 *
 * <p>Subclasses say what a caller can do about it.
 */
public class BrokerException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Refusal refusal;

  public BrokerException(String message) {
    this(message, null);
  }

  public BrokerException(String message, @Nullable Throwable cause) {
    this(message, cause, null);
  }

  /**
   * A failure.
   *
   * @param refusal what the broker will go on to refuse; null where it may agree later
   */
  public BrokerException(String message, @Nullable Throwable cause, @Nullable Refusal refusal) {
    super(message, cause);
    this.refusal = refusal;
  }

  /** The refusal that this failure stands for; empty where the broker may agree later. */
  public Optional<Refusal> refusal() {
    return Optional.ofNullable(refusal);
  }
}

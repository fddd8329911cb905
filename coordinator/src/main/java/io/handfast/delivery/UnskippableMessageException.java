package io.handfast.delivery;

import io.handfast.message.Message;

/**
 * A message could not be applied and must not be overtaken by others of its group: the unit is
 * rolled back, and its consumer waits for the retry's delay with the message at the head of its
 * line.
 */
final class UnskippableMessageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Message held;

  UnskippableMessageException(Message held, String cause) {
    super(cause);
    this.held = held;
  }

  Message held() {
    return held;
  }
}

package io.handfast.delivery;

import io.handfast.message.Message;

/**
 * A message that others must not overtake could not be applied: the unit is rolled back, and its
 * consumer waits for the retry's delay with the message at the head of its line.
 */
final class HeldMessageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Message held;

  HeldMessageException(Message held, String cause) {
    super(cause);
    this.held = held;
  }

  Message held() {
    return held;
  }
}

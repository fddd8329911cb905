package io.handfast.message;

/** What the broker says to messages that are to be sent once under an id. */
public enum Acceptance {
  /** They are sent by this call. */
  NEW,
  /** Another call has sent them, and is committed; nothing was sent by this one. */
  DUPLICATE,
  /** Another call is about to send them, and its outcome is open; nothing was sent by this one. */
  UNDER_WAY
}

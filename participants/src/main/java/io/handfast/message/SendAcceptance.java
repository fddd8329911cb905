package io.handfast.message;

/** The broker's answer to messages that are sent once under an id. */
public enum SendAcceptance {
  /** They are sent by this call. */
  NEW,
  /** Another call has sent them, and is committed; nothing was sent by this one. */
  DUPLICATE,
  /** Another call is about to send them, and its outcome is open; nothing was sent by this one. */
  UNDER_WAY
}

package io.handfast.delivery;

/** Who moves a message on. */
public enum Style {
  /** The coordinator takes messages and applies them. */
  PUSH,
  /** A client asks for messages and settles them. */
  PULL
}

package io.handfast.delivery;

/** Whether the coordinator moves messages itself (push) or clients ask for them (pull). */
public enum Style {
  /** The coordinator takes messages and applies them. */
  PUSH,
  /** A client asks for messages and settles them. */
  PULL
}

package io.handfast.delivery;

/** What a delivery promises about each message. */
public enum Guarantee {
  /** Never more than once; a crash may lose what is in flight. */
  AT_MOST_ONCE,
  /** Never lost; a crash may apply what is in flight again. */
  AT_LEAST_ONCE,
  /** Exactly one time, whatever crashes. */
  EXACTLY_ONCE
}

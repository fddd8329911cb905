package io.handfast.message;

/** Whether the broker sends messages ahead to a consumer. */
public enum Prefetch {
  /** The broker sends ahead what the consumer will want; fast, for consumers that go on and on. */
  BUFFERED,
  /** The broker sends what was asked for and nothing else, so that others get the rest. */
  ON_DEMAND
}

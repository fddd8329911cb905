package io.handfast.delivery;

/** The protocols of exactly-once. */
public enum ProtocolName {
  /** A distributed transaction over broker and database. */
  TWO_PHASE_COMMIT,
  /** The local commit of the database decides, by a marker row beside the rows. */
  LOCAL_COMMIT,
  /** At-least-once with an inbox table that recognises the second copy. */
  IDEMPOTENCY
}

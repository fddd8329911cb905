package io.handfast.database;

/** The meaning of an SQL error for its unit of work. */
public enum SqlFailure {
  /**
   * The data of a message is at fault. Its neighbours are not, so the unit is worth splitting, and
   * the guilty message goes to the dead letters after its attempts.
   */
  POISON,
  /**
   * The statement, the schema or a right may be at fault, or the data of a message. It is the
   * message's fault once another one goes through the same statements; a message that stands alone
   * is tried again until then, and reported.
   */
  SUSPECT,
  /**
   * The database is at fault, and every message would fare alike. No message pays for it with an
   * attempt: the delivery waits until time or an operator has repaired the cause.
   */
  INFRASTRUCTURE
}

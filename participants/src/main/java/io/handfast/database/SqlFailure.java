package io.handfast.database;

/** What a failure of SQL means for the unit of work that it ended. */
public enum SqlFailure {
  /**
   * The data of a message is at fault. Its neighbours are not, so the unit is worth splitting, and
   * the guilty message goes to the dead letters after its attempts.
   */
  POISON,
  /**
   * The database or its schema is at fault, and every message would fare alike. No message pays for
   * it with an attempt: the delivery waits until time or a person has repaired the cause.
   */
  INFRASTRUCTURE
}

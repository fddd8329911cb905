package io.handfast.transaction;

/** The states of a transaction, by the names that the wire has for them in kebab case. */
public enum TransactionStatus {
  ACTIVE,
  PREPARING,
  COMMITTING,
  COMMITTED,
  ROLLING_BACK,
  ROLLED_BACK,
  /** The decision itself is not known yet. */
  IN_DOUBT,
  HEURISTIC_MIXED;

  /** Whether calls may still add work. */
  public boolean isOpen() {
    return this == ACTIVE;
  }
}

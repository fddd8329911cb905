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
  HEURISTIC_MIXED,
  HEURISTIC_HAZARD;

  /** Whether calls may still add work. */
  public boolean isOpen() {
    return this == ACTIVE;
  }

  /** The status that an outcome leads to. */
  public static TransactionStatus of(Outcome outcome) {
    if (outcome instanceof Outcome.Committed || outcome instanceof Outcome.Nothing) {
      return COMMITTED;
    }
    if (outcome instanceof Outcome.Decided) {
      return COMMITTING;
    }
    if (outcome instanceof Outcome.RolledBack) {
      return ROLLED_BACK;
    }
    return outcome instanceof Outcome.InDoubt ? IN_DOUBT : HEURISTIC_MIXED;
  }
}

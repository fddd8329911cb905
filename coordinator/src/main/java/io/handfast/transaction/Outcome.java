package io.handfast.transaction;

import org.jspecify.annotations.Nullable;

/** How a unit of work ended, and whether repeating it is safe. */
public sealed interface Outcome {

  /** Why it was not committed at once; null where it was, or where there was nothing to do. */
  default @Nullable Throwable cause() {
    return null;
  }

  /** The status that it leads to. */
  TransactionStatus status();

  /** The cause as an operator reads it. */
  default @Nullable String reason() {
    Throwable cause = cause();
    return cause == null ? null : ErrorText.readable(cause);
  }

  /** It happened, on every side. */
  record Committed() implements Outcome {
    @Override
    public TransactionStatus status() {
      return TransactionStatus.COMMITTED;
    }
  }

  /** It will happen: the decision is durable, a participant has not confirmed; recovery goes on. */
  record Decided(Throwable cause) implements Outcome {
    @Override
    public TransactionStatus status() {
      return TransactionStatus.COMMITTING;
    }
  }

  /** Nothing happened, and nothing will. Safe to do again. */
  record RolledBack(Throwable cause) implements Outcome {
    @Override
    public TransactionStatus status() {
      return TransactionStatus.ROLLED_BACK;
    }
  }

  /** There was nothing to do. */
  record Nothing() implements Outcome {
    @Override
    public TransactionStatus status() {
      return TransactionStatus.COMMITTED;
    }
  }

  /**
   * Whether it happened is not known; do not repeat. Under two-phase commit and local commit
   * recovery finds out; where another protocol has lost the reply to a commit, nothing does.
   */
  record InDoubt(Throwable cause) implements Outcome {
    @Override
    public TransactionStatus status() {
      return TransactionStatus.IN_DOUBT;
    }
  }

  /** A participant broke its promise and decided alone; an operator must look. */
  record Heuristic(Throwable cause) implements Outcome {
    @Override
    public TransactionStatus status() {
      return TransactionStatus.HEURISTIC_MIXED;
    }
  }
}

package io.handfast.log;

import io.handfast.transaction.TransactionId;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * The durable record of commit decisions.
 *
 * <p>A decision in it: the transaction is committed, now or by recovery. None: it is rolled back
 * (presumed abort). Thread-safe.
 */
public interface DecisionLog {

  /** What the log can say about a transaction. */
  enum Verdict {
    /** A decision to commit is durable. */
    COMMIT,
    /** There is no decision, and there will be none. */
    NONE,
    /** A write of the decision was not confirmed; ask again. */
    UNKNOWN
  }

  /** The decision on a transaction of this log. */
  Verdict decisionOf(TransactionId id);

  /** The decisions that not every participant has confirmed yet. */
  Collection<LoggedDecision> content();

  /** The decisions that not every participant has confirmed yet, with the participants' names. */
  Map<TransactionId, Set<String>> unconfirmed();

  /** Whether a participant has not confirmed yet that it knows the outcome of a transaction. */
  default boolean awaits(TransactionId id, String participant) {
    return unconfirmed().getOrDefault(id, Set.of()).contains(participant);
  }

  /** Records that every participant has confirmed a decision, which is then no longer needed. */
  void confirmed(TransactionId id);

  /** Whether every write so far was confirmed. A node takes no new work while this is false. */
  boolean isCertain();

  /** Tries to learn what became of unconfirmed writes; returns {@link #isCertain()}. */
  boolean learnUnknown();
}

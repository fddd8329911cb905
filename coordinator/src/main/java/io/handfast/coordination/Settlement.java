package io.handfast.coordination;

import io.handfast.message.LeaseBound;
import io.handfast.transaction.Outcome;
import org.jspecify.annotations.Nullable;

/** What to do besides committing, for a transaction that pulled from a delivery. */
public interface Settlement {

  /** Nothing besides. */
  Settlement NONE = new Settlement() {};

  /** Of a transaction that a delivery settles, and a client may only add to. */
  Settlement LENT = new Settlement() {};

  /** Sets refused messages aside; what it throws rolls the transaction back. */
  default void beforeCommit(ClientTransaction transaction) throws Exception {}

  /**
   * For how long from now on it may be unsettled, by what it holds; null for as long as any may.
   */
  default @Nullable LeaseBound leaseBound(ClientTransaction transaction) {
    return null;
  }

  /** Counts, and keeps what must survive. */
  default void ended(ClientTransaction transaction, Outcome outcome) {}
}

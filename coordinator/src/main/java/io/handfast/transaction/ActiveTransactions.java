package io.handfast.transaction;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The transactions that this process has in flight, those of clients between two calls included.
 *
 * <p>Recovery leaves their branches alone. A transaction is removed only when the thread that had
 * it in flight has read the log, so a branch whose transaction is not here can be judged by the
 * log. Thread-safe.
 */
public final class ActiveTransactions {

  private final Set<TransactionId> active = ConcurrentHashMap.newKeySet();

  public void add(TransactionId id) {
    active.add(id);
  }

  public void remove(TransactionId id) {
    active.remove(id);
  }

  public boolean contains(TransactionId id) {
    return active.contains(id);
  }
}

package io.handfast.transaction;

import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The transactions that some thread of this process is still working on.
 *
 * <p>Recovery leaves their branches alone. A transaction is removed only when its outcome is final
 * in the log, so a branch whose transaction is not here can be judged by the log. Thread-safe.
 */
@Singleton
public class ActiveTransactions {

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

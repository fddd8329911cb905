package io.handfast.database;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.h2.engine.Database;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * The names of prepared branches as H2 keeps them on disk, by the number of the transaction.
 *
 * <p>H2 (2.4.240) forgets the name of a branch that was prepared before its last start only in
 * memory. The next transaction of the same number that a crash interrupts would come back as
 * prepared, under the name of a branch that is long resolved, and perhaps decided to commit.
 */
final class H2PreparedNames {

  private static final String MAP = "openTransactions";

  private H2PreparedNames() {}

  /** Removes what is left of a resolved branch. */
  static void forget(Database database, String name) {
    MVStore store = database.getStore().getMvStore();
    MVMap<Integer, Object[]> names = store.openMap(MAP);
    List<Integer> stale = new ArrayList<>();
    for (Map.Entry<Integer, Object[]> entry : names.entrySet()) {
      if (name.equals(entry.getValue()[1])) {
        stale.add(entry.getKey());
      }
    }
    stale.forEach(names::remove);
    store.commit();
  }
}

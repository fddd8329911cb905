package io.handfast.database;

import io.handfast.participant.PlainXid;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.Xid;
import org.h2.engine.Database;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * Finds the names of prepared branches in H2's files, by transaction number.
 *
 * <p>H2 (2.4.240) forgets the name of a branch that was prepared before its last start only in
 * memory. The next transaction of the same number that a crash interrupts would come back as
 * prepared, under the name of a branch that is long resolved, and perhaps decided to commit.
 */
final class H2PreparedNames {

  private static final String PREFIX = "XID";
  private static final String MAP = "openTransactions";

  private H2PreparedNames() {}

  /**
   * The name under which H2's own XA driver keeps a branch, so that either recovers the other's:
   * {@code XID|format|bqual|gtrid} in base 64.
   */
  static String of(Xid xid) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return String.join(
        "|",
        PREFIX,
        Integer.toString(xid.getFormatId()),
        base64.encodeToString(xid.getBranchQualifier()),
        base64.encodeToString(xid.getGlobalTransactionId()));
  }

  /** Reads the name of a branch. */
  static PlainXid branchOf(String name) {
    String[] parts = name.split("\\|", -1);
    if (parts.length != 4 || !parts[0].equals(PREFIX)) {
      throw new IllegalArgumentException("not the name of a branch: " + name);
    }
    Base64.Decoder base64 = Base64.getUrlDecoder();
    return new PlainXid(
        Integer.parseInt(parts[1]), base64.decode(parts[3]), base64.decode(parts[2]));
  }

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

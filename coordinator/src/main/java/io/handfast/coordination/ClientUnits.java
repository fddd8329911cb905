package io.handfast.coordination;

import io.handfast.commit.Protocols;
import io.handfast.commit.SequentialCommit;
import io.handfast.commit.Sessions;
import io.handfast.commit.UnitOfWork;
import io.handfast.coordination.ClientSessions.Branches;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Opens the units of work of clients' transactions, by their protocols. Thread-safe. */
final class ClientUnits {

  private final Participants participants;
  private final Protocols protocols;
  private final ClientLimits limits;
  private final Set<String> withMarker = ConcurrentHashMap.newKeySet();

  ClientUnits(Participants participants, Protocols protocols, ClientLimits limits) {
    this.participants = participants;
    this.protocols = protocols;
    this.limits = limits;
  }

  private Sessions sessions(Branches branches, @Nullable String onlyDatabase) {
    return new Sessions(new ClientSessions(participants, branches, onlyDatabase));
  }

  /** A distributed transaction, over any number of participants. */
  UnitOfWork twoPhaseCommit() throws Exception {
    NamedXaResource outcome = new NamedXaResource(Participants.OUTCOME, new OutcomeBranch());
    return protocols
        .twoPhaseCommit()
        .beginForClient(sessions(Branches.OF_ALL, null), ClientTransactions.LONGEST, outcome);
  }

  /** Local commits, one after the other; of one database, where it is named. */
  UnitOfWork local(@Nullable String onlyDatabase) {
    return new SequentialCommit(
        sessions(Branches.NONE, onlyDatabase), SequentialCommit.Acknowledgement.AFTER_ROWS);
  }

  /** A pull of a delivery, which the local commit of a database decides. */
  UnitOfWork localCommit(String database, String delivery) throws Exception {
    return protocols
        .localCommit()
        .on(sessions(Branches.OF_BROKER, database), database, delivery, limits.longestLease())
        .begin();
  }

  /**
   * A transaction of a client, which the local commit of the first database decides: of the one
   * without a name, where there is one. The row that keeps its name, and will tell its outcome, is
   * there when this returns.
   *
   * @param name null for the transaction's own id
   */
  UnitOfWork localCommit(@Nullable String name) throws Exception {
    Collection<String> names = participants.databaseNames();
    String database =
        names.contains(NodeConfig.DEFAULT_DATABASE)
            ? NodeConfig.DEFAULT_DATABASE
            : names.iterator().next();
    if (!withMarker.contains(database)) {
      participants.database(database).orElseThrow().createMarker();
      withMarker.add(database);
    }
    UnitOfWork work =
        protocols
            .localCommit()
            .beginForClient(
                sessions(Branches.OF_BROKER, database), database, name, limits.longestLease());
    boolean isBegun = false;
    try {
      work.messages();
      isBegun = true;
      return work;
    } finally {
      if (!isBegun) {
        withMarker.remove(database); // its tables may be gone: the next one sees to them
        work.close();
      }
    }
  }
}

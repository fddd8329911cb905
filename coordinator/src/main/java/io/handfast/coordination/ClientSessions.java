package io.handfast.coordination;

import io.handfast.commit.Sessions;
import io.handfast.commit.UnitOfWork;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.message.BrokerException;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.RefusedException;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/**
 * Opens sessions for clients' transactions, without prefetch.
 *
 * @param branches which of the sessions hold branches
 * @param onlyDatabase the one database that may be used; null where any may
 */
public record ClientSessions(
    Participants participants, Branches branches, @Nullable String onlyDatabase)
    implements Sessions.Opener {

  /** Which sessions hold branches. */
  public enum Branches {
    NONE,
    OF_BROKER,
    OF_ALL
  }

  @Override
  public SourceSession messages() throws BrokerException, ParticipantUnavailableException {
    if (branches == Branches.NONE) {
      return participants.broker().openLocal(Prefetch.ON_DEMAND);
    }
    SourceSession session = participants.broker().openXa(Prefetch.ON_DEMAND);
    boolean isBounded = false;
    try {
      session.setBranchTimeout(ClientTransactions.LONGEST); // leases are kept by the transaction
      isBounded = true;
      return session;
    } catch (XAException e) {
      throw new ParticipantUnavailableException(
          session.xaResource().participant() + ": " + ErrorText.readable(e), e);
    } finally {
      if (!isBounded) {
        session.close();
      }
    }
  }

  @Override
  public DatabaseSession database(String name) throws SQLException, RefusedException {
    if (onlyDatabase != null && !onlyDatabase.equals(name)) {
      throw UnitOfWork.secondDatabase(onlyDatabase, name);
    }
    Database database = participants.database(name).orElseThrow();
    return branches == Branches.OF_ALL ? database.openXa() : database.openLocal();
  }
}

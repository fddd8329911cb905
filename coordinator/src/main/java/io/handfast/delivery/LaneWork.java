package io.handfast.delivery;

import io.handfast.coordination.Work;
import io.handfast.database.DatabaseSession;
import io.handfast.message.SourceSession;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.Optional;

/** A lane's sessions, as a handler that calls back sees them; the delivery alone settles them. */
record LaneWork(LaneSessions sessions, String databaseName) implements Work {

  @Override
  public SourceSession messages() {
    return sessions.messages();
  }

  @Override
  public DatabaseSession database(String name) throws SecondDatabaseException {
    if (sessions.database() == null || !name.equals(databaseName)) {
      throw new SecondDatabaseException(databaseName, name);
    }
    return sessions.database();
  }

  @Override
  public List<String> participants() {
    return List.of();
  }

  @Override
  public Optional<TransactionId> logged() {
    return Optional.empty();
  }

  @Override
  public Outcome commit() {
    throw new IllegalStateException("the delivery settles this transaction");
  }

  @Override
  public void rollback() {
    throw new IllegalStateException("the delivery settles this transaction");
  }
}

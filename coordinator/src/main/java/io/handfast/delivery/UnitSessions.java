package io.handfast.delivery;

import io.handfast.coordination.Work;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.Intake;
import io.handfast.message.SourceSession;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.TransactionId;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The two sessions that a consumer's units work in, opened together. A handler that calls back uses
 * them too; the delivery alone settles them.
 *
 * @param database null where nothing is written
 * @param databaseName the database's name in the delivery
 */
record UnitSessions(SourceSession messages, @Nullable DatabaseSession database, String databaseName)
    implements Work {

  /** Opens sessions, which consume from the source. */
  static UnitSessions open(
      DeliverySpecification specification,
      Broker broker,
      Intake intake,
      @Nullable Database database)
      throws BrokerException, SQLException {
    boolean isXa = specification.isTwoPhaseCommit();
    DatabaseSession rows =
        database == null ? null : isXa ? database.openXa() : database.openLocal();
    SourceSession messages = null;
    boolean isOpen = false;
    try {
      messages = isXa ? broker.openXa(intake) : broker.openLocal(intake);
      messages.consume(specification.source());
      isOpen = true;
      return new UnitSessions(messages, rows, String.valueOf(specification.databaseName()));
    } finally {
      if (!isOpen) {
        close(messages, rows);
      }
    }
  }

  private static void close(@Nullable SourceSession messages, @Nullable DatabaseSession rows) {
    try {
      if (messages != null) {
        messages.close();
      }
    } finally {
      if (rows != null) {
        rows.close();
      }
    }
  }

  /** Closes both, whatever becomes of one. */
  void close() {
    close(messages, database);
  }

  /** Loses both: broker and database undo what is not prepared. */
  void abandon() {
    try {
      messages.abandon();
    } finally {
      if (database != null) {
        database.abandon();
      }
    }
  }

  @Override
  public DatabaseSession database(String name) throws RefusedException {
    if (database == null || !name.equals(databaseName)) {
      throw Work.secondDatabase(databaseName, name);
    }
    return database;
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

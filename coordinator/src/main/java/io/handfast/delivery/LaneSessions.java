package io.handfast.delivery;

import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.Intake;
import io.handfast.message.SourceSession;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The two sides of a lane, opened together.
 *
 * @param database null where nothing is written
 */
record LaneSessions(SourceSession messages, @Nullable DatabaseSession database) {

  /** Sessions whose work is done in branches of an XA transaction. */
  static LaneSessions xa(Broker broker, Intake intake, @Nullable Database database)
      throws BrokerException, SQLException {
    DatabaseSession rows = database == null ? null : database.openXa();
    try {
      return new LaneSessions(broker.openXa(intake), rows);
    } catch (BrokerException | RuntimeException e) {
      close(rows);
      throw e;
    }
  }

  /** Sessions that commit by themselves, one after the other. */
  static LaneSessions local(Broker broker, Intake intake, @Nullable Database database)
      throws BrokerException, SQLException {
    DatabaseSession rows = database == null ? null : database.openLocal();
    try {
      return new LaneSessions(broker.openLocal(intake), rows);
    } catch (BrokerException | RuntimeException e) {
      close(rows);
      throw e;
    }
  }

  private static void close(@Nullable DatabaseSession rows) {
    if (rows != null) {
      rows.close();
    }
  }

  void close() {
    messages.close();
    close(database);
  }
}

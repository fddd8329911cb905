package io.handfast.commit;

import io.handfast.database.DatabaseSession;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceSession;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Drives a unit as a consumer does, and fails at the step that the test says. */
final class DrivenUnit {

  private final Trace trace;
  private final TwoPhaseCommit protocol;
  private final InMemoryBroker broker = new InMemoryBroker();
  private final MemoryDatabase database =
      new MemoryDatabase("database", new MemoryServer(), MemorySeam.NONE);
  private final Sessions sessions =
      new Sessions(
          new Sessions.Opener() {
            @Override
            public SourceSession messages() {
              return broker.openXa(Prefetch.BUFFERED);
            }

            @Override
            public DatabaseSession database(String name) throws SQLException {
              return database.openXa();
            }
          });
  private boolean isDatabaseUsed = true;
  private boolean isSomethingThere = true;
  private @Nullable String failingStep;
  private @Nullable Exception failure;

  DrivenUnit(Trace trace, TwoPhaseCommit protocol) {
    this.trace = trace;
    this.protocol = protocol;
  }

  /** Makes {@code receive} or {@code apply} fail. */
  DrivenUnit failsAt(String step, Exception with) {
    failingStep = step;
    failure = with;
    return this;
  }

  DrivenUnit findsNothing() {
    isSomethingThere = false;
    return this;
  }

  DrivenUnit withoutDatabase() {
    isDatabaseUsed = false;
    return this;
  }

  /** The sessions that the unit works in. */
  Sessions sessions() {
    return sessions;
  }

  Outcome run() throws Exception {
    UnitOfWork unit = protocol.begin(sessions);
    boolean isApplied = false;
    try {
      unit.messages();
      step("receive");
      if (!isSomethingThere) {
        return new Outcome.Nothing();
      }
      if (isDatabaseUsed) {
        unit.database("default");
      }
      unit.received();
      step("apply");
      isApplied = true;
    } catch (Exception e) {
      return new Outcome.RolledBack(e);
    } finally {
      if (!isApplied) {
        unit.rollback();
      }
    }
    return unit.commit();
  }

  private void step(String step) throws Exception {
    trace.add(step);
    if (step.equals(failingStep) && failure != null) {
      throw failure;
    }
  }
}

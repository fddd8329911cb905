package io.handfast.atomikos;

import io.handfast.commit.SmallTransactions;
import io.handfast.commit.Transactions;
import org.junit.jupiter.api.Nested;

/** The engine of the simulation keeps to what Atomikos does. */
class SmallTransactionsTest {

  @Nested
  class Steps extends AtomikosTransactionsTest {
    @Override
    Transactions openEngine() {
      return new SmallTransactions(log, active);
    }
  }

  @Nested
  class FirstPhase extends FirstPhaseFailureTest {
    @Override
    Transactions openEngine() {
      return new SmallTransactions(log, active);
    }
  }

  @Nested
  class SecondPhase extends SecondPhaseFailureTest {
    @Override
    Transactions openEngine() {
      return new SmallTransactions(log, active);
    }
  }

  @Nested
  class OnTheLog extends EngineOnTheLogTest {
    @Override
    Transactions openEngine() {
      return new SmallTransactions(log, active);
    }
  }
}

package io.handfast.coordination;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Limits of clients' transactions, for a test that has no configuration. */
public final class LimitsFixture {

  private LimitsFixture() {}

  /** So many at once, each with this lease. */
  public static ClientLimits limits(int atOnce, Duration lease) {
    return new ClientLimits(new Transactions(atOnce, lease), new Unlimited(), Optional::empty);
  }

  private record Transactions(int limit, Duration lease) implements TransactionsConfig {

    @Override
    public Protocol protocol() {
      return Protocol.TWO_PHASE_COMMIT;
    }

    @Override
    public Duration longestLease() {
      return Duration.ofHours(1);
    }

    @Override
    public Duration keepOutcomes() {
      return Duration.ofHours(1);
    }

    @Override
    public int mostOutcomes() {
      return 1_000;
    }
  }

  private static final class Unlimited implements LimitsConfig {

    @Override
    public Duration statementTime() {
      return Duration.ofSeconds(30);
    }

    @Override
    public int rows() {
      return 10;
    }

    @Override
    public OptionalInt transactionsPerClient() {
      return OptionalInt.empty();
    }
  }
}

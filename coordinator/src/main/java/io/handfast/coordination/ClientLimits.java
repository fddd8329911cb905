package io.handfast.coordination;

import io.handfast.log.Retention;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.RefusedException.Reason;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The limits of clients' transactions: how many may be open, for how long, and how long outcomes
 * are kept.
 */
@Singleton
public class ClientLimits {

  private final TransactionsConfig config;
  private final LimitsConfig limits;
  private final Caller caller;

  ClientLimits(TransactionsConfig config, LimitsConfig limits, Caller caller) {
    this.config = config;
    this.limits = limits;
    this.caller = caller;
  }

  /** For how long the log keeps what only clients need. */
  public Retention retention() {
    return new Retention(
        config.keepOutcomes(),
        config.keepOutcomes().plus(config.longestLease()),
        config.mostOutcomes());
  }

  /** The client that calls in this thread; null where it need not say who it is. */
  @Nullable String caller() {
    return caller.name().orElse(null);
  }

  /** Whether the local commit of a database decides what clients begin. */
  boolean isLocalCommit() {
    return config.protocol() == TransactionsConfig.Protocol.LOCAL_COMMIT;
  }

  Duration lease() {
    return config.lease();
  }

  Duration longestLease() {
    return config.longestLease();
  }

  Duration keepOutcomes() {
    return config.keepOutcomes();
  }

  int mostOutcomes() {
    return config.mostOutcomes();
  }

  boolean isFull(Collection<ClientTransaction> open) {
    return open.size() >= config.limit();
  }

  /** Refuses one more transaction of the caller where there are too many. */
  void requireRoom(Collection<ClientTransaction> open) throws RefusedException {
    if (isFull(open)) {
      throw new RefusedException(
          Reason.TOO_MANY_TRANSACTIONS,
          "%d transactions are open, which is the limit (handfast.transactions.limit); settle some first"
              .formatted(config.limit()));
    }
    int limit = limits.transactionsPerClient().orElse(config.limit());
    String who = caller();
    if (who != null && open.stream().filter(t -> isOpenOf(t, who)).count() >= limit) {
      throw new RefusedException(
          Reason.TOO_MANY_TRANSACTIONS_OF_CLIENT,
          "'%s' has %d transactions open, which is the limit (handfast.limits.transactions-per-client); settle some first"
              .formatted(who, limit));
    }
  }

  private static boolean isOpenOf(ClientTransaction transaction, String who) {
    return transaction.ended() == null && who.equals(transaction.caller());
  }
}

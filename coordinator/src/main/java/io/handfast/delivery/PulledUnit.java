package io.handfast.delivery;

import io.handfast.commit.UnitOfWork;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactions;
import io.handfast.message.UnusableMessageException;
import io.handfast.transaction.Outcome;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The unit of one pull, settled with its client's transaction. Used within the calls of the
 * transaction, one at a time.
 */
final class PulledUnit implements ClientTransaction.Settlement {

  private final Delivery delivery;
  private final DeliveryParts parts;
  private @Nullable DeliveryUnit unit;
  private boolean isInFlight = true;

  PulledUnit(Delivery delivery, DeliveryParts parts) {
    this.delivery = delivery;
    this.parts = parts;
    delivery.inFlight().pullBegun();
  }

  /** Takes messages into a transaction that has none yet. */
  void take(ClientTransaction transaction, UnitOfWork work, int max, Duration wait)
      throws Exception {
    DeliveryUnit taking = new DeliveryUnit(parts, work, parts.inboxDatabase());
    unit = taking;
    transaction.received(taking.take(max, wait));
  }

  /** Whether there were messages that the client is not to see. */
  boolean hasHopeless() {
    return unit != null && unit.hasHopeless();
  }

  @Override
  public void beforeCommit(ClientTransaction transaction) throws Exception {
    if (unit != null) {
      unit.answered(transaction.messages(), transaction.refused());
    }
  }

  @Override
  public void ended(ClientTransaction transaction, Outcome outcome) {
    try {
      if (unit != null) {
        unit.over(outcome);
      }
      if (outcome instanceof Outcome.RolledBack rolledBack) {
        countRefusals(transaction);
        UnusableMessageException unusable = UnusableMessageException.in(rolledBack.cause());
        if (unusable != null) {
          parts.moveAside(unusable);
        }
      }
      boolean isOnlyHeld = outcome.cause() instanceof UnskippableMessageException;
      if (ClientTransactions.mayHaveLeftBranches(outcome) && !isOnlyHeld) {
        parts.gate().scanSoon();
      }
    } finally { // whatever went wrong: a delivery waits for each pull to end
      release();
    }
  }

  /** A refusal counts though its transaction was rolled back. */
  private void countRefusals(ClientTransaction transaction) {
    Map<String, String> causes = transaction.refused();
    transaction.messages().stream()
        .filter(message -> causes.containsKey(message.id()))
        .forEach(message -> parts.deferred().countFailure(message, causes.get(message.id())));
  }

  /** Has nothing of the delivery in flight any more. Does nothing the second time. */
  void release() {
    if (isInFlight) {
      isInFlight = false;
      delivery.inFlight().pullEnded();
    }
  }
}

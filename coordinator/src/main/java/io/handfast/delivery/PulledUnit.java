package io.handfast.delivery;

import io.handfast.commit.UnitOfWork;
import io.handfast.commit.Units;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.Settlement;
import io.handfast.message.LeaseBound;
import io.handfast.message.Message;
import io.handfast.message.UnusableMessageException;
import io.handfast.transaction.Outcome;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The unit of one pull, settled with its client's transaction. Used within the calls of the
 * transaction, one at a time.
 */
final class PulledUnit implements Settlement {

  private final Delivery delivery;
  private final DeliveryParts parts;
  private final @Nullable Units units;
  private @Nullable DeliveryUnit unit;
  private boolean isInFlight = true;

  /**
   * A unit that has received nothing yet.
   *
   * @param units hold what is refused where it is; null where the source takes copies of it
   */
  PulledUnit(Delivery delivery, DeliveryParts parts, @Nullable Units units) {
    this.delivery = delivery;
    this.parts = parts;
    this.units = units;
    delivery.inFlight().pullBegun();
  }

  /** Takes messages into a transaction that has none yet. */
  void take(ClientTransaction transaction, UnitOfWork work, int max, Duration wait)
      throws Exception {
    DeliveryUnit taking = new DeliveryUnit(parts, work, parts.inboxDatabase());
    unit = taking;
    transaction.received(taking.take(max, wait));
  }

  /** Takes a dead letter into a transaction that has no message yet. */
  void takeLetter(ClientTransaction transaction, UnitOfWork work, String number, Message message) {
    DeliveryUnit taking = new DeliveryUnit(parts, work, null);
    unit = taking;
    transaction.received(taking.takeLetter(number, message));
  }

  /** Whether there were messages that the client is not to see. */
  boolean hasHopeless() {
    return unit != null && unit.hasHopeless();
  }

  @Override
  public void beforeCommit(ClientTransaction transaction) throws Exception {
    if (unit != null) {
      try {
        unit.answered(transaction.messages(), transaction.refused());
      } catch (UnskippableMessageException e) {
        hold(unit, e);
        throw e;
      }
    }
  }

  /** The row of its partition keeps that it has failed, for whichever node gets it next. */
  private void hold(DeliveryUnit failed, UnskippableMessageException trouble) throws Exception {
    if (units != null) {
      failed.rollback();
      parts.interruption().held(trouble);
      int failures = parts.deferred().heldFailuresWith(trouble.held());
      units.hold(trouble.held(), failures, parts.specification().retry().delay());
    }
  }

  @Override
  public @Nullable LeaseBound leaseBound(ClientTransaction transaction) {
    return parts.opening().leaseBound(transaction.messages());
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

  /**
   * A refusal counts though its transaction was rolled back. One whose message was to be held is
   * counted already.
   */
  private void countRefusals(ClientTransaction transaction) {
    Map<String, String> causes = transaction.refused();
    transaction.messages().stream()
        .filter(message -> causes.containsKey(message.id()))
        .filter(message -> unit == null || unit.batch().notHeld().contains(message))
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

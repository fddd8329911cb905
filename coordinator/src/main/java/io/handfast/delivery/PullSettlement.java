package io.handfast.delivery;

import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.LocalWork;
import io.handfast.coordination.Work;
import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.Message;
import io.handfast.message.SourceSession;
import io.handfast.message.UnusableMessageException;
import io.handfast.transaction.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settles what one pull took: messages that the client refuses are set aside in the transaction
 * that acknowledges the others. Used within the calls of its transaction, one at a time.
 */
final class PullSettlement implements ClientTransaction.Settlement {

  private final Delivery delivery;
  private final SetAside setAside;
  private @Nullable LocalWork deduplicated;
  private final List<Refused> hopeless = new ArrayList<>();
  private List<String> pruning = List.of();
  private Unit unit = new Unit(List.of());
  private boolean isInHand = true;

  PullSettlement(Delivery delivery, SetAside setAside) {
    this.delivery = delivery;
    this.setAside = setAside;
    delivery.hands().pullBegun();
  }

  /** Lets the ids of the messages be recorded with the rows. */
  void deduplicateIn(LocalWork work) {
    deduplicated = work;
  }

  /**
   * Takes messages in hand.
   *
   * @param known ids of second copies
   * @return those that the client shall see
   */
  List<Message> receive(List<Message> received, Set<String> known, SourceSession session)
      throws Exception {
    unit = new Unit(received);
    unit.recognise(known);
    for (Refused one : setAside.hopeless(unit.toApply())) {
      setAside.orHold(unit, one, session);
      hopeless.add(one);
    }
    return setAside.withoutHopeless(unit);
  }

  /** Whether there were messages that the client shall not see. */
  boolean hasHopeless() {
    return !hopeless.isEmpty();
  }

  /** Ids to remove from the inbox in the transaction that is being committed. */
  List<String> prune() {
    pruning = delivery.opening().inbox().takeConfirmed();
    return pruning;
  }

  @Override
  public void beforeCommit(ClientTransaction transaction, Work work) throws Exception {
    work.messages().requireConsumer();
    List<Message> applied = new ArrayList<>();
    List<Refused> refused = new ArrayList<>(hopeless);
    Map<String, String> causes = transaction.refused();
    for (Message message : transaction.messages()) {
      String cause = causes.get(message.id());
      if (cause == null) {
        applied.add(message);
      } else if (setAside.mustHold(message) && !setAside.isLastAttempt(message)) {
        throw new HeldMessageException(message, cause);
      } else {
        Refused one = new Refused(message, cause, false);
        setAside.orHold(unit, one, work.messages());
        refused.add(one);
      }
    }
    unit.applied(new Result(applied, refused));
    if (deduplicated != null) {
      deduplicated.deduplicate(applied.stream().map(Message::deduplicationId).toList());
    }
  }

  private static boolean isOnlyHeld(Outcome outcome) {
    return outcome instanceof Outcome.RolledBack rolledBack
        && rolledBack.cause() instanceof HeldMessageException;
  }

  @Override
  public void ended(ClientTransaction transaction, Outcome outcome) {
    try {
      keepBooks(transaction, outcome);
    } finally { // whatever went wrong: a delivery waits for each pull to end
      release();
    }
  }

  private void keepBooks(ClientTransaction transaction, Outcome outcome) {
    if (outcome instanceof Outcome.Committed || outcome instanceof Outcome.Decided) {
      if (outcome instanceof Outcome.Committed && deduplicated != null) {
        delivery.opening().inbox().confirmed(unit.goneIds());
      }
      setAside.forget(unit);
      delivery.interruption().tellDeadLetters(unit);
      unit.countCommitted(delivery.counters());
      delivery.counted();
    } else {
      delivery
          .opening()
          .inbox()
          .confirmed(pruning); // not known to be removed: the next one does it
      unit.countRolledBack(delivery.counters());
    }
    if (outcome instanceof Outcome.RolledBack rolledBack) {
      Map<String, String> causes = transaction.refused();
      transaction.messages().stream()
          .filter(message -> causes.containsKey(message.id()))
          .forEach(message -> setAside.countFailure(message, causes.get(message.id())));
      UnusableMessageException unusable = UnusableMessageException.in(rolledBack.cause());
      if (unusable != null) {
        delivery.moveAside(unusable);
      }
    }
    if (ClientTransactions.mayHaveLeftBranches(outcome) && !isOnlyHeld(outcome)) {
      delivery.gate().scanSoon();
    }
  }

  /** Has nothing of the delivery in hand any more. Does nothing the second time. */
  void release() {
    if (isInHand) {
      isInHand = false;
      delivery.hands().pullEnded();
    }
  }
}

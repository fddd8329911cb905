package io.handfast.delivery;

import io.handfast.concurrent.Threads;
import io.handfast.message.Intake;
import io.handfast.message.Message;
import io.handfast.message.UnusableMessageException;
import io.handfast.node.OutOfMemory;
import io.handfast.participant.UnpreparableException;
import io.handfast.transaction.Outcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One thread that runs units of work, one after the other, until it is told to stop.
 *
 * <p>It opens its lane anew after every unit that went wrong, waiting longer each time; but for one
 * that only holds a message back.
 */
final class Consumer implements Runnable {

  private static final Logger LOG = Logger.getLogger(Consumer.class);

  /** How many units take one message each after the broker has closed a consumer. */
  private static final int CAREFUL_UNITS = 100;

  /** Between two looks whether work may begin. */
  private static final Duration A_LOOK = Duration.ofMillis(500);

  private final Delivery delivery;
  private final Backoff backoff = new Backoff();
  private final Set<String> held = new HashSet<>();
  private final UnitSize unitSize;
  private final Pace pace;
  private List<Message> orphans = List.of();
  private int carefulUnits;
  private volatile @Nullable Lane inUse;

  Consumer(Delivery delivery) {
    this.delivery = delivery;
    this.pace = new Pace(delivery.specification().handler() != null);
    this.unitSize =
        new UnitSize(
            delivery.specification().unitSize(), delivery.specification().largestUnitSize());
  }

  @Override
  public void run() {
    try {
      while (awaitWork()) {
        try (Lane lane = delivery.opening().lane(isCareful() ? Intake.ON_DEMAND : pace.intake())) {
          work(lane);
        } catch (InvalidDeliveryException e) {
          delivery.fail(e);
        } catch (Exception e) {
          pause(e);
        }
      }
    } catch (InterruptedException e) {
      LOG.debugf("consumer interrupted delivery=%s", delivery.name());
    } catch (Throwable e) {
      OutOfMemory.endProcessIfCauseOf(e);
      delivery.fail(e);
      throw e;
    } finally {
      try {
        delivery.giveBack(orphans);
      } finally { // whatever went wrong: a delivery waits for each of its consumers to leave
        delivery.left(this);
      }
    }
  }

  private boolean mayWork() {
    return !delivery.isStopping() && delivery.gate().isOpen();
  }

  /** Waits until work may begin; false where the delivery stops instead. */
  private boolean awaitWork() throws InterruptedException {
    UnitGate gate = delivery.gate();
    while (!delivery.isStopping()) {
      boolean areThere = gate.awaitParticipants(A_LOOK);
      if (areThere && gate.isOpen()) {
        return true;
      }
      String reason = gate.reason();
      if (reason != null) {
        delivery.interruption().begin(this, new IllegalStateException(reason));
      }
      if (areThere) { // so it is the log that is to be waited for
        delivery.sleep(A_LOOK);
      }
    }
    return false;
  }

  /**
   * Takes the unit in flight away: its connections are lost, and broker and database undo it.
   * Returns at once; closing a connection may wait for what it is doing.
   */
  void abandon() {
    Lane lane = inUse;
    if (lane != null) {
      Threads.start(delivery.name() + "-abandon", lane::abandon);
    }
  }

  private void work(Lane lane) throws Exception {
    inUse = lane;
    lane.adopt(orphans);
    orphans = List.of();
    try {
      boolean goesWell = true;
      Intake intake = pace.intake();
      while (goesWell && mayWork() && pace.intake() == intake) {
        int limit = held.isEmpty() ? unitSize.limit() : 1;
        lane.limit(isCareful() ? 1 : lane.widened(limit));
        long begun = System.nanoTime();
        Outcome outcome = delivery.protocol().run(lane);
        Unit unit = lane.unit();
        unitSize.learn(outcome, unit.inHand().size(), System.nanoTime() - begun);
        pace.learn(unit.inHand().size(), System.nanoTime() - unit.begunNanos());
        delivery.events().ended(unit, outcome);
        goesWell = react(outcome, lane);
      }
      if (goesWell) {
        delivery.tidy(lane);
      }
    } finally {
      orphans = lane.orphans();
      inUse = null;
    }
  }

  /** Whether the lane can be used for the next unit. */
  private boolean react(Outcome outcome, Lane lane) throws Exception {
    if (outcome instanceof Outcome.Committed) {
      held.removeAll(lane.unit().inHand().stream().map(Message::id).toList());
      delivery.done(lane);
      wentWell();
      return !isCareful() || --carefulUnits > 0;
    }
    if (outcome instanceof Outcome.Nothing) {
      held.clear();
      delivery.tidy(lane);
      wentWell();
      boolean wasCareful = isCareful();
      carefulUnits = 0;
      return !wasCareful; // what made it careful is gone: the next lane is a fast one again
    }
    if (outcome instanceof Outcome.RolledBack rolledBack
        && rolledBack.cause() instanceof HeldMessageException trouble) {
      lane.unit().countRolledBack(delivery.counters());
      lane.undo(delivery.specification().isTwoPhaseCommit());
      held.add(trouble.held().id());
      delivery.interruption().held(trouble);
      delivery.sleep(delivery.specification().retry().delay());
      return true;
    }
    UnusableMessageException unusable = lane.unusable(outcome);
    lane.close(); // before anybody else asks: what was not prepared is gone with its connection
    delivery.gate().scanSoon();
    settle(outcome, lane, unusable);
    return false;
  }

  /** Whether it takes one message at a time, to find the one that the broker cannot hand out. */
  private boolean isCareful() {
    return carefulUnits > 0;
  }

  private void wentWell() {
    backoff.reset();
    delivery.interruption().end(this);
  }

  private void settle(Outcome outcome, Lane lane, @Nullable UnusableMessageException unusable)
      throws InterruptedException {
    if (outcome instanceof Outcome.RolledBack rolledBack) {
      lane.unit().countRolledBack(delivery.counters());
      settle(rolledBack.cause(), lane, unusable);
    } else if (outcome instanceof Outcome.Decided decided) {
      delivery.done(lane);
      pause(decided.cause());
    } else if (outcome instanceof Outcome.InDoubt inDoubt) {
      lane.unit().countRolledBack(delivery.counters());
      lane.giveUp();
      pauseUnlessRidOf(unusable, inDoubt.cause());
    } else if (outcome instanceof Outcome.Heuristic heuristic) {
      lane.giveUp();
      delivery.fail(heuristic.cause());
    } else {
      throw new IllegalStateException("not an outcome of trouble: " + outcome);
    }
  }

  private void settle(Throwable cause, Lane lane, @Nullable UnusableMessageException unusable)
      throws InterruptedException {
    UnpreparableException refused = UnpreparableException.in(cause);
    if (refused != null) { // would be refused again, and again
      delivery.fail(
          new IllegalStateException(
              "the database cannot prepare what the statements, or a trigger of theirs, have done: %s; declare the delivery with \"protocol\": \"idempotency\", which prepares nothing, or take that out of the statements"
                  .formatted(refused.getMessage())));
    } else if (unusable != null && lane.lose(unusable)) {
      LOG.errorf(
          "message lost delivery=%s: acknowledged, not applied, and it cannot be copied (%s); this is what at-most-once allows",
          delivery.name(), unusable.getMessage());
    } else {
      pauseUnlessRidOf(unusable, cause);
    }
  }

  /**
   * Has the broker move a message that can be neither read nor copied. Where the broker has closed
   * the consumer it does not say at which message: taken one at a time, those before it are settled
   * first, and it is the first one of the queue then.
   */
  private void pauseUnlessRidOf(@Nullable UnusableMessageException unusable, Throwable cause)
      throws InterruptedException {
    boolean isKnown = unusable != null && (isCareful() || unusable.messageId() != null);
    if (isKnown && delivery.moveAside(unusable)) {
      carefulUnits = 0;
      return;
    }
    if (unusable != null && unusable.messageId() == null) {
      carefulUnits = CAREFUL_UNITS;
    }
    pause(unusable == null ? cause : unusable);
  }

  private void pause(Throwable cause) throws InterruptedException {
    OutOfMemory.endProcessIfCauseOf(cause);
    if (!delivery.isStopping()) {
      delivery.interruption().begin(this, cause);
      Duration pause = backoff.next();
      Duration rest =
          cause instanceof Handler.UnansweredException unanswered
              ? unanswered.rest()
              : Duration.ZERO;
      delivery.sleep(rest.compareTo(pause) > 0 ? rest : pause);
    }
  }
}

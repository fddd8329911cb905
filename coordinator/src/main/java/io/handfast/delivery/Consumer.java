package io.handfast.delivery;

import io.handfast.commit.LocalCommit;
import io.handfast.commit.PositionCommit;
import io.handfast.commit.Sessions;
import io.handfast.commit.UnitOfWork;
import io.handfast.commit.Units;
import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Scheduling;
import io.handfast.concurrent.Threads;
import io.handfast.database.Positions.OtherGroupException;
import io.handfast.database.TransactionLeftException;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.PositionLostException;
import io.handfast.message.Prefetch;
import io.handfast.message.ProducersBlockedException;
import io.handfast.message.UnusableMessageException;
import io.handfast.node.OutOfMemory;
import io.handfast.participant.UnpreparableException;
import io.handfast.transaction.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One thread that runs units of work, one after the other, until it is told to stop.
 *
 * <p>It opens its sessions anew after every unit that went wrong, waiting longer each time; but for
 * one that only holds a message back. Nothing of an unfinished branch can reach the next unit.
 */
final class Consumer implements Runnable {

  private static final Logger LOG = Logger.getLogger(Consumer.class);

  /** How many units take one message each after the broker has closed a consumer. */
  private static final int CAREFUL_UNITS = 100;

  /** Between two looks whether work may begin, and whether it is to stop. */
  private static final Duration A_LOOK = Duration.ofMillis(500);

  /**
   * A member that joins its group again gets nothing before it has partitions, whatever held it up:
   * until then that is no sign that the trouble is over.
   */
  private static final Duration JOINING = Duration.ofSeconds(10);

  private final Delivery delivery;
  private final DeliveryParts parts;
  private final Backoff backoff = new Backoff();
  private final Set<String> held = new HashSet<>();
  private final UnitSize unitSize;
  private final PrefetchPolicy prefetchPolicy;
  private final Deque<Message> acknowledged = new ArrayDeque<>();
  private int carefulUnits;
  private Deadline joined = Deadline.after(Duration.ZERO);
  private volatile @Nullable Runnable abandoning;
  private volatile @Nullable Sessions waiting;

  /** Why the unit was taken away; the failure that it meets then names a dropped connection. */
  private volatile @Nullable BrokerException lost;

  Consumer(Delivery delivery, DeliveryParts parts) {
    DeliverySpecification specification = parts.specification();
    this.delivery = delivery;
    this.parts = parts;
    this.prefetchPolicy = prefetchPolicy(specification);
    this.unitSize = new UnitSize(specification.unitSize(), specification.largestUnitSize());
  }

  private static PrefetchPolicy prefetchPolicy(DeliverySpecification specification) {
    if (specification.isLeased()) { // nothing is sent ahead: what is asked for comes
      return PrefetchPolicy.always(Prefetch.BUFFERED);
    }
    // Another session would leave the group of a topic, and have its partitions move.
    return specification.handler() != null || specification.isPositioned()
        ? PrefetchPolicy.always(Prefetch.ON_DEMAND)
        : new PrefetchPolicy();
  }

  @Override
  public void run() {
    try {
      while (awaitWork()) {
        lost = null;
        Prefetch prefetch = isCareful() ? Prefetch.ON_DEMAND : prefetchPolicy.prefetch();
        try (Sessions sessions = parts.opening().sessions(prefetch)) {
          work(sessions);
        } catch (InvalidDeliveryException e) {
          delivery.fail(e);
        } catch (Exception e) {
          pause(e);
        }
      }
    } catch (InterruptedException e) {
      LOG.debugf("consumer interrupted delivery=%s", parts.name());
    } catch (Throwable e) {
      OutOfMemory.endProcessIfCauseOf(e);
      delivery.fail(e);
      throw e;
    } finally {
      try {
        if (!acknowledged.isEmpty()) {
          parts.source().giveBack(List.copyOf(acknowledged));
        }
      } finally { // whatever went wrong: a delivery waits for each of its consumers to leave
        parts.interruption().leave(this);
        delivery.left(this);
      }
    }
  }

  private boolean mayWork() {
    return !delivery.isStopping() && parts.gate().isOpen();
  }

  /** Waits until work may begin; false where the delivery stops instead. */
  private boolean awaitWork() throws InterruptedException {
    UnitGate gate = parts.gate();
    while (!delivery.isStopping()) {
      boolean areThere = gate.awaitParticipants(A_LOOK);
      if (areThere && gate.isOpen()) {
        return true;
      }
      String reason = gate.reason();
      if (reason != null) {
        parts.interruption().begin(this, new IllegalStateException(reason));
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
    Runnable now = abandoning;
    if (now != null) {
      Threads.start(parts.name() + "-abandon", now);
    }
  }

  /** A message in flight may be another's by now: takes the unit away, and says so later. */
  private void lose(BrokerException reason) {
    lost = reason;
    abandon();
  }

  /** Sees soon whether it is to stop, where it waits for messages. */
  void wakeUp() {
    Sessions now = waiting;
    if (now != null) {
      now.wakeUp();
    }
  }

  private void work(Sessions sessions) throws Exception {
    Sink sink = parts.sinks().get();
    abandoning =
        () -> {
          sink.abandon();
          sessions.abandon();
        };
    waiting = sessions;
    joined = Deadline.after(parts.specification().isPositioned() ? JOINING : Duration.ZERO);
    sessions.whenLost(this::lose);
    try (Units units = parts.opening().units(sessions)) {
      boolean goesWell = true;
      Prefetch prefetch = prefetchPolicy.prefetch();
      while (goesWell && mayWork() && prefetchPolicy.prefetch() == prefetch) {
        parts.opening().checkPeers();
        parts.opening().tendInbox(sessions);
        UnitOfWork begun = units.begin();
        DeliveryUnit unit = new DeliveryUnit(parts, begun, parts.inboxDatabase());
        goesWell = run(unit, sink, new Lane(sessions, units));
      }
      if (goesWell) {
        tidy(sessions);
      }
    } finally {
      waiting = null;
      abandoning = null;
    }
  }

  /** The sessions of a consumer, with the units that use them one after the other. */
  private record Lane(Sessions sessions, Units units) {}

  /** Runs a unit; returns whether the sessions can be used for the next. */
  private boolean run(DeliveryUnit unit, Sink sink, Lane lane) throws Exception {
    long begun = Scheduling.nanoTime();
    Outcome outcome;
    try {
      outcome = unit.run(sink, mostMessages(), A_LOOK, acknowledged);
    } finally { // what it has acknowledged and not applied comes first again, in its order
      List<Message> orphans = unit.orphans();
      for (int i = orphans.size() - 1; i >= 0; i--) {
        acknowledged.addFirst(orphans.get(i));
      }
    }
    Batch batch = unit.batch();
    unitSize.learn(outcome, batch.inFlight().size(), Scheduling.nanoTime() - begun);
    prefetchPolicy.learn(batch.inFlight().size(), Scheduling.nanoTime() - batch.begunNanos());
    parts.events().ended(batch, outcome);
    unit.over(outcome);
    return react(outcome, batch, lane);
  }

  /** One while messages are held; more than else, so that others come along with a suspect. */
  private int mostMessages() {
    int limit = held.isEmpty() ? unitSize.limit() : 1;
    return isCareful() ? 1 : parts.deferred().suspects().widened(limit);
  }

  /** Between units: tells of dead letters, and keeps the inbox small. */
  private void tidy(Sessions sessions) throws Exception {
    parts.interruption().tellDue();
    parts.opening().tidyInbox(sessions, parts.source()::messages);
  }

  /** Whether the sessions can be used for the next unit. */
  private boolean react(Outcome outcome, Batch batch, Lane lane) throws Exception {
    Sessions sessions = lane.sessions();
    if (outcome instanceof Outcome.Committed) {
      if (!held.isEmpty()) {
        batch.inFlight().forEach(message -> held.remove(message.id()));
      }
      wentWell();
      return !isCareful() || --carefulUnits > 0;
    }
    if (outcome instanceof Outcome.Nothing) {
      held.clear();
      tidy(sessions);
      if (joined.isOver()) {
        wentWell();
      }
      boolean wasCareful = isCareful();
      carefulUnits = 0;
      return !wasCareful; // what made it careful is gone: the next sessions are fast ones again
    }
    if (outcome instanceof Outcome.RolledBack rolledBack
        && rolledBack.cause() instanceof UnskippableMessageException trouble) {
      hold(trouble, lane);
      return true;
    }
    if (outcome instanceof Outcome.RolledBack rolledBack && comesAgainAtOnce(rolledBack.cause())) {
      if (parts.specification().isLeased()) {
        sessions.rollback(); // what was received
      }
      return true;
    }
    if (outcome instanceof Outcome.RolledBack rolledBack
        && rolledBack.cause() instanceof ProducersBlockedException blocked
        && lane.units().awaitTarget(backoff.next())) {
      parts.interruption().begin(this, blocked);
      return true;
    }
    UnusableMessageException unusable = unusable(outcome, sessions);
    sessions.close(); // before another asks: what was not prepared is gone with its connection
    parts.gate().scanSoon();
    settle(outcome, unusable);
    return false;
  }

  /** Waits with a message that others must not overtake, whose unit was rolled back. */
  private void hold(UnskippableMessageException trouble, Lane lane) throws Exception {
    if (!parts.specification().isPrepared()) {
      lane.sessions().rollback(); // branches are rolled back already
    }
    parts.interruption().held(trouble);
    Message message = trouble.held();
    Duration delay = parts.specification().retry().delay();
    if (!lane.units().hold(message, parts.deferred().heldFailures(message), delay)) {
      held.add(message.id());
      delivery.sleep(delay);
    }
  }

  /** Whether a unit was rolled back for nothing that its messages or the participants did. */
  private boolean comesAgainAtOnce(Throwable cause) {
    if (cause instanceof DeliveryUnit.PreparedTooSoonException) {
      parts.opening().prepareLast();
      return true;
    }
    if (cause instanceof LocalCommit.SlotTakenException
        || cause instanceof PositionCommit.PartitionTakenException) {
      LOG.infof("unit rolled back delivery=%s: %s", parts.name(), cause.getMessage());
      return true;
    }
    return false;
  }

  /** The message that a unit has failed for since it can be neither read nor copied, or null. */
  private static @Nullable UnusableMessageException unusable(Outcome outcome, Sessions sessions) {
    try {
      sessions.requireConsumer();
    } catch (UnusableMessageException e) {
      return e;
    } catch (BrokerException e) {
      return null; // its messages come again
    }
    boolean mayBe = outcome instanceof Outcome.RolledBack || outcome instanceof Outcome.InDoubt;
    return mayBe ? UnusableMessageException.in(outcome.cause()) : null;
  }

  /** Whether it takes one message at a time, to find the one that the broker cannot hand out. */
  private boolean isCareful() {
    return carefulUnits > 0;
  }

  private void wentWell() {
    backoff.reset();
    parts.interruption().end(this);
  }

  private void settle(Outcome outcome, @Nullable UnusableMessageException unusable)
      throws InterruptedException {
    if (outcome instanceof Outcome.RolledBack rolledBack) {
      settle(rolledBack.cause(), unusable);
    } else if (outcome instanceof Outcome.Decided decided) {
      pause(decided.cause());
    } else if (outcome instanceof Outcome.InDoubt inDoubt) {
      pauseUnlessRidOf(unusable, inDoubt.cause());
    } else if (outcome instanceof Outcome.Heuristic heuristic) {
      delivery.fail(heuristic.cause());
    } else {
      throw new IllegalStateException("not an outcome of trouble: " + outcome);
    }
  }

  private void settle(Throwable cause, @Nullable UnusableMessageException unusable)
      throws InterruptedException {
    UnpreparableException refused = UnpreparableException.in(cause);
    if (cause instanceof PositionLostException lost) { // only an operator knows where to go on
      delivery.fail(PartitionPositions.lost(parts.name(), lost));
    } else if (cause instanceof TransactionLeftException // its rows would be there again, and again
        || cause instanceof OtherGroupException) {
      delivery.fail(cause);
    } else if (refused != null) { // would be refused again, and again
      delivery.fail(
          new IllegalStateException(
              "the database cannot prepare what the statements, or a trigger of theirs, have done: %s; declare the delivery with \"protocol\": \"local-commit\", which prepares nothing in the database, or take that out of the statements"
                  .formatted(refused.getMessage())));
    } else if (unusable != null && acknowledged.removeIf(unusable::isAbout)) {
      // It cannot be sent back either: it would be tried again for ever.
      LOG.errorf(
          "message lost delivery=%s: acknowledged, not applied, and it cannot be copied (%s); this is what at-most-once allows",
          parts.name(), unusable.getMessage());
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
    if (isKnown && parts.moveAside(unusable)) {
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
      BrokerException reason = lost;
      parts.interruption().begin(this, reason == null ? cause : reason);
      Duration pause = backoff.next();
      Duration rest =
          cause instanceof Handler.UnansweredException unanswered
              ? unanswered.rest()
              : Duration.ZERO;
      delivery.sleep(rest.compareTo(pause) > 0 ? rest : pause);
    }
  }
}

package io.handfast.delivery;

import io.handfast.input.WireName;
import io.handfast.message.Intake;
import io.handfast.message.ReceivedMessage;
import io.handfast.message.UnusableMessageException;
import io.handfast.node.DrainingException;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.recovery.Recovery;
import io.handfast.transaction.Causes;
import io.handfast.transaction.Outcome;
import jakarta.jms.JMSException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A named flow from a source to a sink, and the consumers that keep it going.
 *
 * <pre>
 *   PAUSED  --start-->  RUNNING  --pause, hold back-->  PAUSED  --let go-->         RUNNING
 *                       RUNNING  --fail-------------->  FAILED  --start, let go-->  RUNNING
 *                                                       FAILED  --pause---------->  PAUSED
 * </pre>
 *
 * <p>{@link #pause()} returns when nothing is in hand any more. A delivery that is held back is
 * paused until it is let go. Thread-safe.
 */
public final class Delivery {

  /** Whether a delivery moves messages. */
  public enum State {
    RUNNING,
    PAUSED,
    /**
     * It cannot work as specified, or a person must look; {@link Delivery#lastError()} says why.
     */
    FAILED
  }

  private static final Logger LOG = Logger.getLogger(Delivery.class);

  /** As long as the time-out of a unit, and then some. */
  private static final Duration NO_HURRY = Duration.ofMinutes(10);

  private final String name;
  private final DeliverySpecification specification;
  private final Workplace workplace;
  private final Protocol protocol;
  private final @Nullable Handler handler;
  private final Counters counters = new Counters();
  private final CommitWatch watch;
  private final DeliveryWatch units;
  private final UnitTracer tracer;
  private final LatencyMark latency = new LatencyMark();
  private final Interruption interruption;
  private final Object monitor = new Object();
  private final Object opening = new Object();
  private volatile InboxState inboxState;
  private final Hands hands = new Hands();
  private volatile State state = State.PAUSED;
  private volatile @Nullable String lastError;
  private volatile boolean checked;
  private boolean isHeldBack;

  Delivery(
      String name,
      DeliverySpecification specification,
      Workplace workplace,
      CommitWatch watch,
      DeliveryWatch units,
      UnitTracer tracer) {
    this.name = name;
    this.specification = specification;
    this.workplace = workplace;
    this.watch = watch;
    this.units = units;
    this.tracer = tracer;
    this.protocol = workplace.protocolOf(name, specification);
    this.handler = specification.handler() == null ? null : new Handler(specification.handler());
    this.interruption = new Interruption(name, workplace.clock());
    this.inboxState = new InboxState(Set.of(), workplace.clock());
  }

  public String name() {
    return name;
  }

  public DeliverySpecification specification() {
    return specification;
  }

  public State state() {
    return state;
  }

  public Counters counters() {
    return counters;
  }

  /** Why the delivery is held up or failed, or the last such reason; null where there was none. */
  public @Nullable String lastError() {
    String now = interruption.cause();
    return now != null ? now : lastError;
  }

  /**
   * How old the oldest message was, in milliseconds, of those that took effect since this was asked
   * last; null where there was none.
   */
  public @Nullable Long takeLatency() {
    return latency.take();
  }

  /** Starts the consumers; does nothing where they run. */
  void start() {
    synchronized (monitor) {
      if (state == State.RUNNING) {
        return;
      }
    }
    hands.awaitEmpty(NO_HURRY);
    synchronized (monitor) {
      checked = false;
      isHeldBack = false;
      transition(State.RUNNING);
      addMissingConsumers();
    }
  }

  private void addMissingConsumers() {
    int count = specification.style() == Style.PUSH ? specification.consumers() : 0;
    for (int i = hands.consumers().size() + 1; i <= count; i++) {
      Consumer consumer = new Consumer(this);
      hands.add(consumer);
      Thread thread = new Thread(consumer, name + "-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Stops taking messages; returns when the units in hand have ended. */
  void pause() {
    synchronized (monitor) {
      isHeldBack = false;
      if (state == State.RUNNING) {
        transition(State.PAUSED);
      }
    }
    hands.awaitEmpty(NO_HURRY);
    synchronized (monitor) {
      transition(State.PAUSED); // if it had failed
    }
  }

  /**
   * Takes no messages until it is let go, as if it were paused, without waiting for the units in
   * hand.
   */
  void holdBack() {
    synchronized (monitor) {
      isHeldBack = true;
      if (state == State.RUNNING) {
        transition(State.PAUSED);
      }
    }
  }

  /**
   * Goes on where it was held back. Who still has a unit in hand goes on after it, so nobody is
   * waited for: a client may keep what it has pulled for an hour.
   */
  void letGo() {
    synchronized (monitor) {
      if (isHeldBack) {
        isHeldBack = false;
        transition(State.RUNNING);
        addMissingConsumers();
      }
    }
  }

  /** How many units are in hand: of consumers, and of clients that pulled. */
  public int unitsInHand() {
    return hands.count();
  }

  /** Stops taking messages at the end of the process, without waiting for the units in hand. */
  void beginStop() {
    synchronized (monitor) {
      if (state == State.RUNNING) {
        state = State.PAUSED; // without a line for each: the process says that it stops
        monitor.notifyAll();
      }
    }
  }

  /** After {@link #beginStop()}: waits for the units in hand, and gives back what takes longer. */
  void endStop(Duration patience) {
    if (!hands.awaitEmpty(patience)) {
      LOG.warnf("delivery stopped delivery=%s: units in hand took too long, given back", name);
      giveBackInHand();
    }
  }

  /** Gives back what consumers have in hand; returns how many there were. */
  int giveBackInHand() {
    List<Consumer> consumers = hands.consumers();
    consumers.forEach(Consumer::abandon);
    return consumers.size();
  }

  void fail(Throwable cause) {
    synchronized (monitor) {
      lastError = Causes.readable(cause);
      if (state == State.RUNNING) {
        transition(State.FAILED);
      }
    }
  }

  /** One change, one line, and whoever sleeps looks again. */
  private void transition(State next) {
    if (state == next) {
      return;
    }
    if (next == State.FAILED) {
      LOG.errorf(
          "delivery failed delivery=%s: %s; mend it and resume the delivery", name, lastError);
    } else {
      LOG.infof("delivery %s delivery=%s", WireName.of(next), name);
    }
    state = next; // after the line: whoever sees the state finds it
    monitor.notifyAll();
  }

  /**
   * Takes messages for a client.
   *
   * @throws NotRunningException the delivery takes no messages now
   * @throws DrainingException the node takes none now, nor has it taken any under this id
   */
  public Pulled pull(int max, Duration wait, Duration lease, @Nullable String chosenId)
      throws Exception {
    boolean takesNone;
    synchronized (monitor) {
      takesNone = isHeldBack;
      if (specification.style() != Style.PULL || state != State.RUNNING && !takesNone) {
        throw new NotRunningException(this);
      }
      hands.pullBegun();
    }
    try {
      if (takesNone) {
        return workplace.pull(this).again(chosenId);
      }
      if (!workplace.recovery().awaitScanned(participants(), wait)) {
        workplace.recovery().requireHeld(participants()); // says who is away
        throw new NotRunningException(this);
      }
      checkOnce();
      return workplace.pull(this).receive(max, wait, lease, chosenId);
    } finally {
      hands.pullEnded();
    }
  }

  /** Who has messages in hand. */
  Hands hands() {
    return hands;
  }

  /** What is known of the delivery's inbox. */
  InboxState inbox() {
    return inboxState;
  }

  // What a consumer asks of its delivery.

  Protocol protocol() {
    return protocol;
  }

  Recovery recovery() {
    return workplace.recovery();
  }

  boolean isStopping() {
    return state != State.RUNNING;
  }

  /**
   * Whether another unit may begin: not while the outcome of an earlier one is unknown, nor where
   * the node has lost its name.
   */
  boolean mayWork() {
    return !isStopping()
        && workplace.log().isCertain()
        && workplace.recovery().isScanned(participants());
  }

  /** Waits until work may begin; false where the delivery stops instead. */
  boolean awaitWork() throws InterruptedException {
    while (!isStopping()) {
      if (workplace.recovery().awaitScanned(participants(), Duration.ofMillis(500))
          && workplace.log().isCertain()) {
        return true;
      }
      if (!workplace.log().isCertain()) {
        sleep(Duration.ofMillis(500));
      }
    }
    return false;
  }

  /**
   * Opens a lane; the first one after a start also checks that the sink can do its part.
   *
   * @param intake how its messages come
   * @throws InvalidDeliveryException the delivery cannot work as specified
   */
  Lane openLane(Intake intake) throws Exception {
    checkOnce();
    Lane lane = workplace.openLane(name, specification, inboxState, handler, tracer, intake);
    try {
      workplace.recovery().requireHeld(participants());
      return lane;
    } catch (ParticipantUnavailableException | RuntimeException e) {
      lane.close();
      throw e;
    }
  }

  private void checkOnce() throws InvalidDeliveryException, SQLException, JMSException {
    synchronized (opening) {
      if (!checked) {
        workplace.check(name, specification);
        inboxState = workplace.openInbox(name, specification);
        checked = true;
      }
    }
  }

  /** A unit of a consumer is over, in whatever way. */
  void ended(Lane lane, Outcome outcome) {
    Unit unit = lane.unit();
    if (!unit.inHand().isEmpty()) {
      units.ended(this, outcome, unit.inHand().size(), System.nanoTime() - unit.begunNanos());
      unit.trace().ended(outcome, unit.causes());
    }
  }

  /** A unit is over, and committed. */
  void done(Lane lane) {
    watch.committed(lane.unit().applied());
    latency.committed(lane.unit().applied(), workplace.clock());
    lane.done(counters);
    counted();
  }

  /** Gets rid of a message that can be neither read nor copied; whether it is gone. */
  boolean moveAside(UnusableMessageException unusable) {
    return workplace.moveAside(this, unusable);
  }

  /** After a unit was counted: lets the checks be made again where they may find something new. */
  void counted() {
    if (counters.hasNewsOfNonPersistent()) {
      workplace.admission().changed();
    }
  }

  /** Between units: keeps the inbox small. */
  void tidy(Lane lane) throws Exception {
    lane.tidyInbox(() -> workplace.messagesIn(specification.source()));
  }

  /** Sends messages back to their source that were acknowledged and not applied. */
  void giveBack(List<ReceivedMessage> orphans) {
    if (!orphans.isEmpty()) {
      workplace.giveBack(name, specification.source(), orphans);
    }
  }

  void interruptedBy(Object consumer, Throwable cause) {
    lastError = Causes.readable(cause);
    interruption.begin(consumer, cause);
  }

  void resumedBy(Object consumer) {
    interruption.end(consumer);
  }

  void left(Consumer consumer) {
    interruption.leave(consumer);
    synchronized (monitor) {
      hands.remove(consumer);
      if (state == State.RUNNING) { // let go after it had seen that it shall stop
        addMissingConsumers();
      }
    }
  }

  /** Sleeps, but not past the end of the delivery. */
  void sleep(Duration pause) throws InterruptedException {
    long deadline = System.nanoTime() + pause.toNanos();
    synchronized (monitor) {
      long millis = pause.toMillis();
      while (!isStopping() && millis > 0) {
        monitor.wait(millis);
        millis = (deadline - System.nanoTime()) / 1_000_000;
      }
    }
  }

  private List<String> participants() {
    return workplace.participantsOf(specification);
  }
}

package io.handfast.delivery;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.concurrent.Threads;
import io.handfast.event.ObservedDelivery;
import io.handfast.input.WireName;
import io.handfast.message.BrokerException;
import io.handfast.message.Source;
import io.handfast.queue.QueueDepths;
import io.handfast.transaction.RefusedException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A named flow from a source to a sink, and the consumers that keep it going.
 *
 * <pre>
 *   PAUSED  --start-->  RUNNING  --pause, suspend---->  PAUSED  --start, unsuspend-->  RUNNING
 *                       RUNNING  --fail-------------->  FAILED  --start, unsuspend-->  RUNNING
 *                                                       FAILED  --pause---------->  PAUSED
 * </pre>
 *
 * <p>{@link #pause()} returns when nothing is in flight any more. A suspended delivery is paused
 * until it is resumed. Thread-safe.
 */
public final class Delivery implements ObservedDelivery {

  /** Whether a delivery moves messages. */
  public enum State {
    RUNNING,
    /**
     * It is to run and cannot now, and tries again by itself; {@link Delivery#retrying()} says
     * since when and why. Seen from outside only: a delivery is started, paused and failed the same
     * way whether it is retrying or not.
     */
    RETRYING,
    PAUSED,
    /**
     * It cannot work as specified, or an operator must look; {@link Delivery#lastError()} says why.
     */
    FAILED
  }

  /** Since when and why a delivery that is to run does not. */
  public record Retrying(Instant since, String cause) {}

  private static final Logger LOG = Logger.getLogger(Delivery.class);

  /** How long a change waits for units in flight, before it gives them back. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How long units may take to end that were given back: their connections are lost. */
  private static final Duration GIVING_BACK = Duration.ofSeconds(10);

  private final String name;
  private final DeliverySpecification specification;
  private final boolean isTemporary;
  private final DeliveryParts parts;
  private final Interruption interruption;
  private final Pull pull;
  private final InFlight inFlight = new InFlight();
  private final Monitor monitor = new Monitor();
  private volatile State state = State.PAUSED;
  private boolean isSuspended;

  /**
   * A delivery that is paused.
   *
   * @param counters go on where it stands in the place of an earlier one
   * @param isTemporary whether it is a comparison's own
   */
  Delivery(
      String name,
      DeliverySpecification specification,
      DeliveryFactory factory,
      Counters counters,
      boolean isTemporary) {
    this.name = name;
    this.specification = specification;
    this.isTemporary = isTemporary;
    this.parts = factory.parts(this, counters);
    this.interruption = parts.interruption();
    this.pull = factory.pull(this, parts);
  }

  @Override
  public String name() {
    return name;
  }

  public DeliverySpecification specification() {
    return specification;
  }

  @Override
  public State state() {
    return state == State.RUNNING && retrying() != null ? State.RETRYING : state;
  }

  public Counters counters() {
    return parts.counters();
  }

  @Override
  public Map<String, Long> counts() {
    return counters().values();
  }

  @Override
  public Source source() {
    return specification.source();
  }

  @Override
  public Guarantee guarantee() {
    return specification.guarantee();
  }

  @Override
  public String deadLetterQueue() {
    return specification.deadLetter();
  }

  @Override
  public boolean isTemporary() {
    return isTemporary;
  }

  /** Since when and why the delivery does not run though it is to; null where it does. */
  public @Nullable Retrying retrying() {
    if (state != State.RUNNING) {
      return null;
    }
    if (specification.style() == Style.PUSH) {
      return interruption.now();
    }
    return parts
        .gate()
        .trouble()
        .map(away -> new Retrying(away.since(), away.cause()))
        .orElse(null);
  }

  /**
   * Why the delivery is retrying or failed, else the last such reason or the cause of the last dead
   * letter; null where there was none.
   */
  public @Nullable String lastError() {
    Retrying now = retrying();
    return now != null ? now.cause() : interruption.lastError();
  }

  /**
   * Starts the consumers; does nothing where they run. A consumer that still ends an earlier unit
   * goes on after it, so it is not waited for.
   */
  void start() {
    try (Monitor held = monitor.enter()) {
      if (state == State.RUNNING) {
        return;
      }
      parts.opening().begin();
      isSuspended = false;
      transition(State.RUNNING);
      addMissingConsumers();
    }
  }

  private void addMissingConsumers() {
    int count = specification.style() == Style.PUSH ? specification.consumers() : 0;
    for (int i = inFlight.consumers().size() + 1; i <= count; i++) {
      Consumer consumer = new Consumer(this, parts);
      inFlight.add(consumer);
      Threads.start(name + "-" + i, consumer);
    }
  }

  /**
   * Stops taking messages; returns when nothing is in flight. Units of consumers that take long are
   * given back to the queue meanwhile; what clients have pulled ends with their leases.
   *
   * @return false where something is in flight all the same
   */
  boolean pause() {
    try (Monitor held = monitor.enter()) {
      isSuspended = false;
      transition(State.PAUSED);
    }
    if (inFlight.awaitEmpty(PATIENCE)) {
      parts.opening().end();
      return true;
    }
    int units = giveBackInHand();
    if (units > 0) {
      LOG.warnf(
          "units given back delivery=%s count=%d: they took longer than %s, and their messages come again",
          name, units, PATIENCE);
    }
    return inFlight.awaitEmpty(GIVING_BACK);
  }

  /**
   * Takes no messages until it is resumed, as if it were paused, without waiting for the units in
   * flight.
   */
  void suspend() {
    try (Monitor held = monitor.enter()) {
      isSuspended = true;
      if (state == State.RUNNING) {
        transition(State.PAUSED);
      }
    }
  }

  /**
   * Resumes a suspended delivery. A consumer that still has a unit in flight goes on after it, so
   * none is waited for: a client may keep what it has pulled for an hour.
   */
  void unsuspend() {
    try (Monitor held = monitor.enter()) {
      if (isSuspended) {
        isSuspended = false;
        transition(State.RUNNING);
        addMissingConsumers();
      }
    }
  }

  /** How many units are in flight: of consumers, and of clients that pulled. */
  @Override
  public int unitsInHand() {
    return inFlight.count();
  }

  /** Stops taking messages at the end of the process, without waiting for the units in flight. */
  void beginStop() {
    try (Monitor held = monitor.enter()) {
      if (state == State.RUNNING) {
        enter(State.PAUSED); // without a line for each: the process says that it stops
      }
    }
  }

  /**
   * After {@link #beginStop()}: waits for the units in flight, gives back what takes longer, and
   * waits for that as well.
   */
  void endStop(Duration patience, Duration givingBack) {
    if (!inFlight.awaitEmpty(patience)) {
      LOG.warnf("delivery stopped delivery=%s: units in flight took too long, given back", name);
      giveBackInHand();
      if (!inFlight.awaitEmpty(givingBack)) {
        LOG.warnf(
            "delivery not stopped delivery=%s: %d units do not end; the process ends without them, and recovery puts right what they leave",
            name, inFlight.count());
        return;
      }
    }
    parts.opening().end();
  }

  /** Gives back what consumers have in flight; returns how many there were. */
  int giveBackInHand() {
    List<Consumer> consumers = inFlight.consumers();
    consumers.forEach(Consumer::abandon);
    return consumers.size();
  }

  void fail(Throwable cause) {
    try (Monitor held = monitor.enter()) {
      interruption.failed(cause);
      if (state == State.RUNNING) {
        transition(State.FAILED);
      }
    }
  }

  /** Publishes one change as one log line, and wakes the threads that sleep or wait. */
  private void transition(State next) {
    if (state == next) {
      return;
    }
    if (next == State.FAILED) {
      LOG.errorf(
          "delivery failed delivery=%s: %s; mend it and resume the delivery",
          name, interruption.lastError());
    } else {
      LOG.infof("delivery %s delivery=%s", WireName.of(next), name);
    }
    enter(next); // after the line, so that a reader of the state finds it in the log
  }

  private void enter(State next) {
    state = next;
    monitor.changed();
    if (isStopping()) {
      inFlight.consumers().forEach(Consumer::wakeUp);
    }
  }

  /**
   * Takes messages for a client.
   *
   * @throws RefusedException the delivery or the node takes none now, nor has any under this id
   */
  public PulledMessages pull(int max, Duration wait, Duration lease, @Nullable String chosenId)
      throws Exception {
    boolean takesNone;
    try (Monitor held = monitor.enter()) {
      takesNone = isSuspended;
      if (specification.style() != Style.PULL || state != State.RUNNING && !takesNone) {
        throw DeliveryChanges.notRunning(this);
      }
      inFlight.pullBegun();
    }
    try {
      if (takesNone) {
        return pull.again(chosenId);
      }
      if (!parts.gate().awaitParticipants(wait)) {
        parts.gate().requireHeld(); // says which is unreachable
        throw DeliveryChanges.notRunning(this);
      }
      parts.opening().checkOnce();
      return pull.receive(max, wait, lease, chosenId);
    } finally {
      inFlight.pullEnded();
    }
  }

  /** Removes the durable subscription of its topic, with the messages. */
  void removeSubscription() throws BrokerException {
    parts.source().removeSubscription();
  }

  /**
   * How far it has applied the partitions of its topic.
   *
   * @throws RefusedException its source has none
   */
  public PartitionPositions positions() throws RefusedException {
    if (!specification.isPositioned()) {
      throw new RefusedException(
          RefusedException.Reason.NO_POSITIONS,
          "The source of delivery '%s' keeps no messages that could be applied again, so that it has no positions; dead letters can be replayed."
              .formatted(name));
    }
    return parts.source().positions();
  }

  /**
   * Applies dead letters that are in a table, as {@link StoredDeadLetters} says; in the style pull
   * gives them to the next clients that ask this node.
   *
   * @param numbers which of them; all where there are none
   * @return how many were applied, or will be given to clients
   */
  public long replayStored(Collection<String> numbers) throws Exception {
    return specification().style() == Style.PULL
        ? pull.replay(numbers)
        : parts.source().deadLetters().replay(numbers, parts);
  }

  /** Its dead letters, where they are in a table; empty where they are in a queue. */
  public Optional<StoredDeadLetters> storedDeadLetters() {
    return specification.isOfBroker()
        ? Optional.empty()
        : Optional.of(parts.source().deadLetters());
  }

  /** Adds how far partitions are behind, and how many dead letters there are in a table. */
  void addDepthsTo(QueueDepths.Elsewhere depths) throws BrokerException, SQLException {
    if (!specification.isOfBroker()) {
      parts.source().addDepthsTo(depths);
    }
  }

  /** Who has messages in flight. */
  InFlight inFlight() {
    return inFlight;
  }

  /** Whether its consumers are to end. */
  boolean isStopping() {
    return state != State.RUNNING;
  }

  /** A consumer has ended. */
  void left(Consumer consumer) {
    try (Monitor held = monitor.enter()) {
      inFlight.remove(consumer);
      if (state == State.RUNNING) { // resumed after the consumer had seen that it shall stop
        addMissingConsumers();
      }
    }
  }

  /** Sleeps, but not past the end of the delivery. */
  void sleep(Duration pause) throws InterruptedException {
    Deadline end = Deadline.after(pause);
    try (Monitor held = monitor.enter()) {
      monitor.await(end, this::isStopping);
    }
  }
}

package io.handfast.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.delivery.DeliveryStore.Stored;
import io.handfast.delivery.SpecificationReader.Reading;
import io.handfast.event.Event.DeliveryClosed;
import io.handfast.event.Event.DeliveryOpened;
import io.handfast.event.Subscriber;
import io.handfast.input.AllowedHosts;
import io.handfast.input.Violation;
import io.handfast.message.BrokerException;
import io.handfast.message.LeaseBound;
import io.handfast.queue.QueueDepths;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.RefusedException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * All deliveries of this node: those of the configuration and those created over REST.
 *
 * <p>Changes of one delivery are made one at a time and are durable before they return. No change
 * waits for one of another delivery, and looking at deliveries waits for none: the monitor is held
 * for steps that take no longer than a disk. Thread-safe.
 */
public class Deliveries {

  private static final Logger LOG = Logger.getLogger(Deliveries.class);

  private final DeliveryFactory factory;
  private final DeliveryStore store;
  private final AllowedHosts hosts;
  private final DeliveryRegistry deliveries = new DeliveryRegistry();
  private final DeliveryChanges changes = new DeliveryChanges(this);
  private volatile boolean isIntakeStopped;

  /**
   * Brings the known deliveries to life, each paused or running as it was.
   *
   * @param firstRun deliveries to create where none was ever created
   * @param isDraining whether all of them are suspended
   * @throws IllegalStateException a delivery of the configuration is invalid; none has begun
   */
  public Deliveries(
      DeliveryFactory factory,
      DeliveryStore store,
      AllowedHosts hosts,
      Map<String, JsonNode> firstRun,
      boolean isDraining) {
    this.factory = factory;
    this.store = store;
    this.hosts = hosts;
    this.isIntakeStopped = isDraining;
    Map<Delivery, Boolean> known = new LinkedHashMap<>();
    store.load(firstRun).stream()
        .filter(stored -> stored.specification() != null) // else the configuration had it once
        .forEach(stored -> known.put(revived(stored), stored.isPaused()));
    known.forEach(this::enter);
    factory.admission().changed();
  }

  private Delivery revived(Stored stored) {
    try {
      return create(
          stored.name(),
          SpecificationReader.read(
              stored.name(), stored.specification(), factory.participants().sources(), hosts),
          null);
    } catch (InvalidDeliveryException e) {
      throw new IllegalStateException(
          "delivery '%s' is invalid: %s".formatted(stored.name(), e.getMessage()), e);
    }
  }

  private void startUnlessDraining(Delivery delivery) {
    if (isIntakeStopped) {
      delivery.suspend();
    } else {
      delivery.start();
    }
  }

  /**
   * Holds every delivery back that takes messages now, or would after the next start. Does not wait
   * for the units in flight: {@link #unitsInHand()} counts them.
   */
  public synchronized void stopIntake() {
    isIntakeStopped = true;
    deliveries.all().stream().filter(delivery -> !delivery.isStopping()).forEach(Delivery::suspend);
  }

  /** Resumes every delivery that was suspended. */
  public synchronized void allowIntake() {
    isIntakeStopped = false;
    deliveries.all().forEach(Delivery::unsuspend);
    factory.admission().changed();
  }

  /**
   * Gives back what consumers have in flight; what clients have ends with its lease.
   *
   * @return how many consumers had anything
   */
  public int giveBackInHand() {
    return deliveries.giveBackInHand();
  }

  /** How many units are in flight, by delivery; those with none are left out. */
  public Map<String, Integer> unitsInHand() {
    return deliveries.unitsInHand();
  }

  void requireIntake() throws RefusedException {
    if (isIntakeStopped) {
      throw RefusedException.draining();
    }
  }

  /**
   * Requires that what is stored outlives this process.
   *
   * @throws RefusedException it does not
   */
  public void requireLasting() throws RefusedException {
    if (store.isDisposable()) {
      throw RefusedException.disposableNode();
    }
  }

  /** Where deliveries are created, replaced, paused, resumed and deleted. */
  public DeliveryChanges changes() {
    return changes;
  }

  /** All deliveries, in the order of their names. */
  public List<Delivery> all() {
    return deliveries.all();
  }

  /** The sources and dead-letter queues of all deliveries. */
  public Set<String> queueNames() {
    return deliveries.queueNames();
  }

  /**
   * How far sources are behind whose partitions keep messages, by {@link
   * io.handfast.message.Source#queueName()}, and how many dead letters are in tables. What cannot
   * be asked now is left out. Asks source and database.
   */
  public QueueDepths.Elsewhere depthsElsewhere() {
    QueueDepths.Elsewhere depths = new QueueDepths.Elsewhere();
    for (Delivery delivery : deliveries.all()) {
      try {
        delivery.addDepthsTo(depths);
      } catch (BrokerException | SQLException | RuntimeException e) {
        LOG.debugf(
            "lag not known delivery=%s: %s; asking again in a few seconds",
            delivery.name(), ErrorText.readable(e));
      }
    }
    return depths;
  }

  /**
   * Removes the dead letters in tables that failed before a time. Where a database cannot be asked
   * now they stay until the next call.
   */
  public void removeDeadLettersBefore(Instant time) {
    for (Delivery delivery : deliveries.all()) {
      delivery.storedDeadLetters().ifPresent(letters -> removeBefore(letters, time));
    }
  }

  private static void removeBefore(StoredDeadLetters letters, Instant time) {
    try {
      letters.removeBefore(time);
    } catch (SQLException | RuntimeException e) {
      LOG.infof(
          "old dead letters stay delivery=%s: %s; trying again in an hour",
          letters.delivery(), ErrorText.readable(e));
    }
  }

  /** For how long clients may keep what they pull from a delivery; null for as long as any may. */
  public @Nullable LeaseBound leaseBound(String name) {
    return find(name)
        .map(
            delivery ->
                UnitOpener.boundOf(
                    delivery.specification(), factory.participants(), factory.keep()))
        .orElse(null);
  }

  /** The delivery of a name. */
  public Optional<Delivery> find(String name) {
    return Optional.ofNullable(deliveries.get(name));
  }

  /** Whether a delivery is declared in configuration, and so cannot be changed over REST. */
  public boolean isConfigured(String name) {
    return store.isConfigured(name);
  }

  /** Stores a delivery and brings it to life, in the place of one of its name. */
  synchronized void enter(String name, DeliverySpecification specification, boolean isPaused) {
    store.save(new Stored(name, SpecificationWriter.writeChosen(specification), isPaused));
    Delivery delivery = create(name, specification, deliveries.get(name));
    enter(delivery, isPaused);
    factory.admission().changed();
  }

  /** What was read, where neither it nor what the participants know breaks a rule. */
  DeliverySpecification checked(String name, JsonNode body)
      throws InvalidDeliveryException, SQLException, BrokerException {
    Reading reading =
        SpecificationReader.readAll(name, body, factory.participants().sources(), hosts);
    List<Violation> violations = new ArrayList<>(reading.violations());
    try {
      violations.addAll(factory.check().violations(name, reading.specification()));
    } catch (SQLException | BrokerException e) {
      if (violations.isEmpty()) {
        throw e;
      } // else what is known to be wrong is answer enough
    }
    if (!violations.isEmpty()) {
      throw new InvalidDeliveryException(violations);
    }
    return reading.specification();
  }

  /**
   * Opens a delivery that is neither stored nor listed, and does not work yet.
   *
   * @param subscriber is told what happens to its units, besides all others
   * @throws InvalidDeliveryException with every violation
   * @throws SQLException the database cannot be asked about the statements
   * @throws BrokerException the broker cannot be asked about the queues
   */
  public TemporaryDelivery openTemporary(String name, JsonNode body, Subscriber subscriber)
      throws InvalidDeliveryException, SQLException, BrokerException {
    DeliverySpecification specification = checked(name, body);
    Delivery delivery =
        new Delivery(name, specification, factory.watchedBy(subscriber), new Counters(), true);
    deliveries.putTemporary(delivery);
    return new TemporaryDelivery(
        delivery,
        closed -> {
          factory.failures().removeAll(closed.name());
          deliveries.removeTemporary(closed);
        });
  }

  /** Starts a delivery that is paused or has failed. */
  synchronized void startAgain(Delivery delivery) {
    startUnlessDraining(delivery);
    factory.admission().changed();
  }

  /** Keeps whether a delivery is paused. */
  synchronized void keep(Delivery delivery, boolean isPaused) {
    if (deliveries.get(delivery.name()) == delivery) {
      store.save(stored(delivery, isPaused));
    }
  }

  /** Takes a delivery that is paused out for good. */
  synchronized void remove(Delivery delivery) {
    factory.failures().removeAll(delivery.name());
    store.delete(delivery.name());
    if (deliveries.remove(delivery)) {
      factory.events().publish(new DeliveryClosed(delivery));
    }
    factory.admission().changed();
    LOG.infof("delivery deleted delivery=%s", delivery.name());
  }

  /** Stops taking messages for good; does not wait for the units in flight. */
  public void beginStop() {
    synchronized (this) {
      isIntakeStopped = true; // a change that is under way starts nothing any more
    }
    deliveries.beginStop();
  }

  /**
   * Stops every delivery, all at once; returns when the units in flight have ended, or have been
   * given back since they took longer than the time given.
   *
   * @param givingBack how long units that are given back may take to end
   */
  public void stop(Duration patience, Duration givingBack) {
    LOG.infof("stopping: units in flight may take %s to end", patience);
    beginStop();
    deliveries.endStop(patience, givingBack);
  }

  private Stored stored(Delivery delivery, boolean isPaused) {
    boolean isConfigured = store.isConfigured(delivery.name());
    return new Stored(
        delivery.name(),
        isConfigured ? null : SpecificationWriter.writeChosen(delivery.specification()),
        isPaused);
  }

  private Delivery create(
      String name, DeliverySpecification specification, @Nullable Delivery replaced) {
    Counters counters = replaced == null ? new Counters() : replaced.counters();
    return new Delivery(name, specification, factory, counters, false);
  }

  private void enter(Delivery delivery, boolean isPaused) {
    deliveries.put(delivery);
    factory.events().publish(new DeliveryOpened(delivery));
    if (!isPaused) {
      startUnlessDraining(delivery);
    }
  }

  DeliveryFactory factory() {
    return factory;
  }
}

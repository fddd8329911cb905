package io.handfast.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.commit.Transactions;
import io.handfast.coordination.ClientTransactions;
import io.handfast.delivery.DeliveryStore.Stored;
import io.handfast.delivery.SpecificationReader.Reading;
import io.handfast.input.AllowedHosts;
import io.handfast.input.Violation;
import io.handfast.log.DecisionLog;
import io.handfast.message.Source;
import io.handfast.node.DrainingException;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.recovery.Recovery;
import io.handfast.timeline.Timelines;
import jakarta.inject.Singleton;
import jakarta.jms.JMSException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * All deliveries of this node: those of the configuration and those created over REST.
 *
 * <p>Changes are made one at a time and are durable before they return; looking at deliveries waits
 * for no change. Thread-safe.
 */
@Singleton
public class Deliveries {

  private static final Logger LOG = Logger.getLogger(Deliveries.class);

  private final Participants participants;
  private final Recovery recovery;
  private final DeliveriesConfig config;
  private final DeliveryStore store;
  private final ClientTransactions clientTransactions;
  private final AllowedHosts hosts;
  private final Timelines timelines;
  private final Clock clock;
  private final Map<String, Delivery> deliveries = new ConcurrentSkipListMap<>();
  private final Map<String, Delivery> temporary = new ConcurrentSkipListMap<>();
  private volatile Map<String, JsonNode> configured = Map.of();
  private Admission admission = Admission.ALL;
  private DeliveryWatch watch = DeliveryWatch.NONE;
  private UnitTracer.Factory tracers = UnitTracer.Factory.OFF;
  private boolean isIntakeStopped;
  private @Nullable Workplace workplace;

  public Deliveries(
      Participants participants,
      Recovery recovery,
      DeliveriesConfig config,
      NodeConfig node,
      ObjectMapper json,
      ClientTransactions clientTransactions,
      AllowedHosts hosts,
      Timelines timelines,
      Clock clock) {
    this.participants = participants;
    this.recovery = recovery;
    this.config = config;
    this.store = new DeliveryStore(node.dataDirectory().resolve("deliveries"), json);
    this.clientTransactions = clientTransactions;
    this.hosts = hosts;
    this.timelines = timelines;
    this.clock = clock;
  }

  /** Says who has a say in which deliveries may work. Called before they are brought to life. */
  public synchronized void admitBy(Admission admission) {
    this.admission = admission;
  }

  /** Says whom to tell of deliveries and their units. Called before they are brought to life. */
  public synchronized void watchBy(DeliveryWatch listener) {
    watch = listener;
  }

  /** Says who traces the units of deliveries. Called before they are brought to life. */
  public synchronized void traceBy(UnitTracer.Factory factory) {
    tracers = factory;
  }

  /**
   * Brings the known deliveries to life, each paused or running as it was.
   *
   * @param firstRun deliveries to create where none was ever created
   * @throws IllegalStateException a delivery of the configuration is invalid
   */
  public synchronized void open(
      Transactions transactions, DecisionLog log, Map<String, JsonNode> firstRun) {
    boolean isFirstRun = store.isNew();
    workplace =
        new Workplace(
            participants,
            transactions,
            log,
            recovery,
            store.openFailures(),
            clientTransactions,
            admission,
            timelines,
            clock);
    configured = ConfiguredDeliveries.asJson(config);
    if (isFirstRun) {
      firstRun.forEach((name, body) -> store.save(new Stored(name, body, false)));
    }
    Map<String, Stored> stored = store.load();
    configured.forEach(
        (name, body) -> {
          Stored known = stored.get(name);
          stored.put(name, new Stored(name, body, known != null && known.isPaused()));
        });
    stored.values().forEach(this::revive);
    admission.changed();
  }

  private void revive(Stored stored) {
    if (stored.specification() == null) {
      return; // what is left of a delivery that the configuration no longer has
    }
    try {
      Delivery delivery =
          create(
              stored.name(),
              SpecificationReader.read(stored.name(), stored.specification(), hosts));
      enter(delivery);
      if (!stored.isPaused()) {
        startUnlessDraining(delivery);
      }
    } catch (InvalidDeliveryException e) {
      throw new IllegalStateException(
          "delivery '%s' is invalid: %s".formatted(stored.name(), e.getMessage()), e);
    }
  }

  private void startUnlessDraining(Delivery delivery) {
    if (isIntakeStopped) {
      delivery.holdBack();
    } else {
      delivery.start();
    }
  }

  /**
   * Holds every delivery back that takes messages now, or would after the next start. Does not wait
   * for the units in hand: {@link #unitsInHand()} counts them.
   */
  public synchronized void stopIntake() {
    isIntakeStopped = true;
    deliveries.values().stream()
        .filter(delivery -> delivery.state() == Delivery.State.RUNNING)
        .forEach(Delivery::holdBack);
  }

  /** Lets every delivery go that was held back. */
  public synchronized void allowIntake() {
    isIntakeStopped = false;
    deliveries.values().forEach(Delivery::letGo);
    admission.changed();
  }

  /**
   * Gives back what consumers have in hand; what clients have ends with its lease.
   *
   * @return how many consumers had anything
   */
  public int giveBackInHand() {
    return withTemporary().mapToInt(Delivery::giveBackInHand).sum();
  }

  /** How many units are in hand, by delivery; those with none are left out. */
  public Map<String, Integer> unitsInHand() {
    Map<String, Integer> units = new TreeMap<>();
    withTemporary()
        .filter(delivery -> delivery.unitsInHand() > 0)
        .forEach(delivery -> units.put(delivery.name(), delivery.unitsInHand()));
    return units;
  }

  private Stream<Delivery> withTemporary() {
    return Stream.concat(deliveries.values().stream(), temporary.values().stream());
  }

  private void requireIntake() throws DrainingException {
    if (isIntakeStopped) {
      throw new DrainingException();
    }
  }

  /** All deliveries, by name. */
  public List<Delivery> all() {
    return List.copyOf(deliveries.values());
  }

  public Optional<Delivery> find(String name) {
    return Optional.ofNullable(deliveries.get(name));
  }

  /** Whether a delivery is declared in configuration, and so cannot be changed over REST. */
  public boolean isConfigured(String name) {
    return configured.containsKey(name);
  }

  /**
   * Creates a delivery, or replaces the one of that name once nothing of it is in hand.
   *
   * @param precondition is given the delivery that would be replaced, or null, before anything
   *     changes; what it throws is thrown
   * @return whether it is new
   * @throws InvalidDeliveryException with every violation; nothing has changed
   * @throws SQLException the database cannot be asked about the statements; nothing has changed
   * @throws JMSException the broker cannot be asked about the queues; nothing has changed
   * @throws DrainingException the node takes on nothing new; nothing has changed
   */
  public synchronized boolean put(
      String name, JsonNode body, Consumer<@Nullable Delivery> precondition)
      throws InvalidDeliveryException, SQLException, JMSException, DrainingException {
    requireIntake();
    precondition.accept(deliveries.get(name));
    DeliverySpecification specification =
        checked(name, SpecificationReader.readAll(name, body, hosts));
    workplace().subscribe(specification.source());
    Delivery replaced = deliveries.get(name);
    boolean isPaused = replaced != null && replaced.state() == Delivery.State.PAUSED;
    if (replaced != null) {
      replaced.pause();
    }
    store.save(new Stored(name, SpecificationWriter.writeChosen(specification), isPaused));
    Delivery delivery = create(name, specification);
    enter(delivery);
    if (!isPaused) {
      delivery.start();
    }
    admission.changed();
    LOG.infof("delivery %s delivery=%s", replaced == null ? "created" : "replaced", name);
    return replaced == null;
  }

  private DeliverySpecification checked(String name, Reading reading)
      throws InvalidDeliveryException, SQLException, JMSException {
    List<Violation> violations = new ArrayList<>(reading.violations());
    try {
      violations.addAll(workplace().violations(name, reading.specification()));
    } catch (SQLException | JMSException e) {
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
   * @param commits is told what it has committed
   * @throws InvalidDeliveryException with every violation
   * @throws SQLException the database cannot be asked about the statements
   * @throws JMSException the broker cannot be asked about the queues
   */
  public synchronized TemporaryDelivery openTemporary(
      String name, JsonNode body, CommitWatch commits)
      throws InvalidDeliveryException, SQLException, JMSException {
    DeliverySpecification specification =
        checked(name, SpecificationReader.readAll(name, body, hosts));
    Workplace workplace = workplace();
    Delivery delivery = // not traced: what is measured is not to depend on it
        new Delivery(name, specification, workplace, commits, DeliveryWatch.NONE, UnitTracer.OFF);
    temporary.put(name, delivery);
    return new TemporaryDelivery(
        delivery,
        closed -> {
          workplace.failures().removeAll(closed.name());
          temporary.remove(closed.name());
        });
  }

  /** Pauses a delivery, durably; returns when nothing of it is in hand. */
  public synchronized void pause(Delivery delivery) {
    store.save(stored(delivery, true));
    delivery.pause();
  }

  /**
   * Lets a paused or failed delivery go on, durably.
   *
   * @throws DrainingException the node takes on nothing new; nothing has changed
   */
  public synchronized void resume(Delivery delivery) throws DrainingException {
    requireIntake();
    store.save(stored(delivery, false));
    delivery.start();
    admission.changed();
  }

  /**
   * Ends the delivery of a name, if there is one. Messages of a queue stay there; a subscription
   * goes with its messages.
   *
   * @param keepSubscription whether a topic's subscription stays, collecting messages
   * @param precondition is given the delivery of this name, or null where another call has deleted
   *     it, before anything changes; what it throws is thrown
   * @throws JMSException the broker could not be told; the delivery is paused and still there
   */
  public synchronized void delete(
      String name, boolean keepSubscription, Consumer<@Nullable Delivery> precondition)
      throws JMSException {
    Delivery delivery = deliveries.get(name);
    precondition.accept(delivery);
    if (delivery == null) {
      return;
    }
    delivery.pause();
    Source source = delivery.specification().source();
    if (source.subscription() != null && !keepSubscription) {
      workplace().unsubscribe(source.subscription());
    }
    workplace().failures().removeAll(delivery.name());
    store.delete(delivery.name());
    deliveries.remove(delivery.name());
    watch.closed(delivery);
    admission.changed();
    LOG.infof("delivery deleted delivery=%s", delivery.name());
  }

  /**
   * Stops every delivery, all at once; returns when the units in hand have ended, or have been
   * given back since they took longer than the time given.
   */
  public synchronized void stop(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    LOG.infof("stopping: units in hand may take %s to end", patience);
    List<Delivery> all = withTemporary().toList();
    all.forEach(Delivery::beginStop);
    for (Delivery delivery : all) {
      delivery.endStop(Duration.ofNanos(deadline - System.nanoTime()));
    }
    if (workplace != null) {
      workplace.failures().close();
    }
  }

  private Stored stored(Delivery delivery, boolean isPaused) {
    boolean isConfigured = configured.containsKey(delivery.name());
    return new Stored(
        delivery.name(),
        isConfigured ? null : SpecificationWriter.writeChosen(delivery.specification()),
        isPaused);
  }

  private Delivery create(String name, DeliverySpecification specification) {
    UnitTracer tracer = tracers.of(name, specification);
    return new Delivery(name, specification, workplace(), CommitWatch.NONE, watch, tracer);
  }

  private void enter(Delivery delivery) {
    Delivery replaced = deliveries.put(delivery.name(), delivery);
    if (replaced != null) {
      watch.closed(replaced);
    }
    watch.opened(delivery);
  }

  private Workplace workplace() {
    if (workplace == null) {
      throw new IllegalStateException("deliveries are not open yet");
    }
    return workplace;
  }
}

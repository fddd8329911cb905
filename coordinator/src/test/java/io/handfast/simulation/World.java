package io.handfast.simulation;

import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemoryServer;
import io.handfast.delivery.DeliveryFixture;
import io.handfast.delivery.Failures;
import io.handfast.log.SimulatedDisk;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.InMemoryKafka;
import io.handfast.message.MessageBody;
import io.handfast.message.MessageLimits;
import io.handfast.message.SourceConnector;
import io.handfast.simulation.Faults.Fault;
import io.handfast.simulation.Faults.Power;
import io.handfast.simulation.Plan.Aftermath;
import io.handfast.sqs.InMemorySqs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A broker, a database and nodes on them, under one seed. */
final class World implements AutoCloseable {

  private static final Duration LOOK = Duration.ofMillis(700);
  private static final Duration LONGEST_STORM = Duration.ofSeconds(40);
  private static final Duration LONGEST_CALM = Duration.ofMinutes(5);
  private static final int LOOKS_AT_REST = 3;
  private static final String QUEUE = "orders.fifo";
  private static final Duration LEASE = Duration.ofSeconds(4);
  private static final Duration LATE = SimulatedNode.KEEP.minusHours(1);
  private static final Duration BETWEEN_EXPIRIES = Duration.ofSeconds(40);

  final Simulation simulation;
  private final Random random;
  final Faults faults;
  final Plan plan;
  final InMemoryBroker broker;
  private final InMemoryKafka kafka;
  private final InMemorySqs sqs;
  private final LeaseTime leaseTime = new LeaseTime();
  final MemoryServer server = new MemoryServer();
  private final SimulatedProcess world;
  private final Network network;
  final Safeguards safeguards;
  private final List<Place> places = new ArrayList<>();
  final List<Client> clients = new ArrayList<>();
  private int working;
  private boolean isOver;
  private int crashes;

  /** One that a seed decides; {@link Seeds} says of which kind. */
  static World of(long seed, Safeguards safeguards, boolean isTraced) {
    Simulation simulation = Simulation.of(seed, isTraced);
    Plan plan = Seeds.planOf(seed, simulation.random());
    return new World(simulation, plan, new SeededFaults(simulation, plan), safeguards);
  }

  World(Simulation simulation, Plan plan, Faults faults, Safeguards safeguards) {
    this.simulation = simulation;
    this.random = simulation.random();
    this.plan = plan;
    this.faults = faults;
    this.safeguards = safeguards;
    this.world = new SimulatedProcess(simulation, "world");
    this.broker = new InMemoryBroker(step -> {}, new BrokerTime());
    this.kafka = new InMemoryKafka(step -> {}, new BrokerTime());
    this.sqs = new InMemorySqs(step -> {}, leaseTime);
    this.network = new Network(simulation, faults, new PlacesOfWorld());
  }

  /** A machine with a disk, on which one process of a node runs at a time. */
  final class Place {

    private final String name;
    private final SimulatedDisk disk;
    private final Failures failures = DeliveryFixture.failures();
    private SimulatedProcess process;
    private boolean isGone;
    private @Nullable SimulatedBroker way;
    private @Nullable SimulatedTopics topics;
    private @Nullable MemoryDatabase database;
    private @Nullable SimulatedNode node;

    Place(String name) {
      this.name = name;
      this.process = new SimulatedProcess(simulation, name);
      process.end();
      this.disk = new SimulatedDisk(this::isGood, safeguards.isForced());
    }

    SimulatedProcess process() {
      return process;
    }

    @Nullable SimulatedNode node() {
      return node;
    }

    void start() {
      process = new SimulatedProcess(simulation, name);
      SimulatedProcess mine = process;
      SimulatedBroker myWay = new SimulatedBroker(broker, mine, network);
      MemoryDatabase myDatabase =
          new MemoryDatabase("database", server, new SimulatedSeam(World.this, mine, network));
      SimulatedTopics myTopics = new SimulatedTopics(kafka, mine, network);
      way = myWay;
      SourceConnector leases =
          InMemorySqs.queues(
              SimulatedQueues.way(sqs, mine, network),
              MessageLimits.ofHeap(1L << 28),
              LEASE,
              mine.clock());
      topics = myTopics;
      database = myDatabase;
      node = null;
      mine.thread(
              "start",
              () -> {
                try {
                  node =
                      new SimulatedNode(
                          name,
                          mine,
                          disk,
                          new SimulatedNode.Ways(myWay, myTopics, leases, myDatabase),
                          failures,
                          plan.delivery(),
                          safeguards);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                } catch (RuntimeException e) {
                  if (!faults.areOver() || isOfDisk(e)) { // an operator starts it again
                    simulation.note("does not start: " + e.getMessage());
                    crash(mine);
                  } else {
                    throw e;
                  }
                }
              })
          .start();
    }

    private boolean isOfDisk(RuntimeException failure) {
      return failure instanceof java.io.UncheckedIOException;
    }

    private boolean isAtRest() {
      return isGone || node != null && !process.isSuspended() && node.isAtRest();
    }

    private String state() {
      return isGone
          ? "is gone"
          : node == null ? process.isAlive() ? "starts" : "is down" : node.state();
    }

    /** The process is gone, and what it held at participants with it. */
    void crash(SimulatedProcess gone) {
      if (gone != process || !gone.isAlive()) {
        return;
      }
      simulation.note("crash of " + name);
      gone.end();
      crashes++;
      isGone = crashes == 1 && plan.aftermath() == Aftermath.GONE;
      if (crashes == 1 && plan.aftermath() == Aftermath.EMPTIED) {
        simulation.note("the marker is emptied");
        server.emptyMarker();
      }
      node = null;
      if (way != null) {
        way.crash();
      }
      if (topics != null) {
        topics.crash();
      }
      if (database != null) {
        database.crash(name);
      }
      Power power = faults.power();
      if (power != Power.STAYS) {
        simulation.note("the power is cut" + (power == Power.RAGGED ? ", raggedly" : ""));
        disk.cutPower(power == Power.RAGGED, random);
      }
    }

    void suspend(SimulatedProcess still) {
      if (still == process && still.isAlive() && way != null) {
        Duration span = faults.suspension();
        simulation.note(name + " stands still for " + span.toSeconds() + " s");
        still.suspend(span);
        way.suspend();
        Objects.requireNonNull(topics).suspend();
      }
    }

    private boolean isGood(String step, Path file) {
      process.requireAlive();
      simulation.note(step + " " + file.getFileName());
      Fault fault = faults.ofDisk(process, step + " " + file.getFileName());
      if (fault == Fault.NONE) {
        return true;
      }
      simulation.note(step + (fault == Fault.LOST ? " fails" : " is not finished"));
      if (fault != Fault.LOST) {
        crash(process);
      }
      return false;
    }
  }

  private final class PlacesOfWorld implements Network.Machines {

    @Override
    public void crash(SimulatedProcess process) {
      places.forEach(place -> place.crash(process));
    }

    @Override
    public void suspend(SimulatedProcess process) {
      places.forEach(place -> place.suspend(process));
    }
  }

  /** Plays the seed; throws what was found wrong. */
  void play() throws Throwable {
    simulation.play(world, this::run);
  }

  private void run() {
    if (plan.isPositioned()) {
      kafka.create("orders", plan.partitions());
    }
    if (plan.isLeased()) {
      sqs.createQueue(
          queue -> queue.queueName(QUEUE).attributesWithStrings(Map.of("FifoQueue", "true")));
    }
    for (int i = 1; i <= plan.messages(); i++) {
      if (plan.isPositioned() || plan.isLeased()) {
        put(i, plan.partitionOf(i));
      } else {
        broker.put("orders", "m" + i, "{\"id\": " + i + "}", Map.of());
      }
    }
    repeat();
    for (int i = 1; i <= plan.nodes(); i++) {
      places.add(new Place("n" + i));
    }
    places.forEach(Place::start);
    for (int i = 0; i < plan.transactions(); i++) {
      Place place = places.get(random.nextInt(places.size()));
      int id = Client.FIRST_ID + i;
      Client client = new Client(place, world, id, random.nextInt(4) > 0, random.nextInt(3) > 0);
      clients.add(client);
      working++;
      world
          .thread(
              "client",
              () -> {
                world.sleep(Duration.ofMillis(random.nextInt(2_000)));
                client.run();
                working--;
              })
          .start();
    }
    for (int i = 0; i < plan.pullers(); i++) {
      world.thread("puller", new Puller(this, world)::run).start();
    }
    long storm = simulation.nanos() + LONGEST_STORM.toNanos();
    while (simulation.nanos() < storm && !faults.areOver()) {
      look();
      if (plan.isRepeated() && random.nextInt(8) == 0) {
        repeat();
      }
    }
    faults.end();
    simulation.note("the storm is over");
    awaitRest();
    if (plan.isRepeated()) { // as late as it may be, and after inboxes were looked through
      simulation.note("the database's clock moves on");
      server.passes(LATE);
      leaseTime.passes(LATE);
      world.sleep(BETWEEN_EXPIRIES);
      repeat();
      awaitRest();
    }
    List<String> found = Findings.of(this);
    isOver = true;
    places.forEach(this::stop);
    if (!found.isEmpty()) {
      throw new AssertionError(String.join("; ", found));
    }
    simulation.note("over");
  }

  private void put(int id, int partition) {
    if (plan.isLeased()) {
      sqs.sendMessage(
          message ->
              message
                  .queueUrl(QUEUE)
                  .messageGroupId("g" + plan.partitionOf(id))
                  .messageDeduplicationId("e" + id)
                  .messageBody("{\"id\": " + id + "}"));
      return;
    }
    MessageBody body = MessageBody.ofText("{\"id\": " + id + "}");
    kafka.put("orders", partition, null, body, Map.of(Plan.HEADER, "e" + id));
  }

  /** The sender sends messages again that it has sent before. */
  private void repeat() {
    for (int i = 1; plan.isRepeated() && i <= plan.messages(); i++) {
      if (random.nextInt(3) == 0) {
        put(i, random.nextInt(plan.partitions()));
      }
    }
  }

  private void look() {
    world.sleep(LOOK);
    for (Place place : places) {
      if (!place.process.isAlive() && !place.isGone && random.nextInt(3) == 0) {
        place.start();
      }
    }
  }

  private void awaitRest() {
    long end = simulation.nanos() + LONGEST_CALM.toNanos();
    int atRest = 0;
    while (atRest < LOOKS_AT_REST) {
      if (simulation.nanos() > end) {
        List<String> found = Findings.of(this);
        places.forEach(place -> found.add(place.name + ": " + place.state()));
        throw new AssertionError("not at rest: " + String.join("; ", found));
      }
      look();
      if (plan.aftermath() == Aftermath.EMPTIED && network.isQuiet()) {
        places.stream().filter(place -> place.node != null).forEach(this::compare);
      }
      atRest = isAtRest() ? atRest + 1 : 0;
    }
  }

  private boolean isAtRest() {
    return places.stream().allMatch(Place::isAtRest)
        && working == 0
        && network.isQuiet()
        && left().isEmpty()
        && server.preparedBranches() == 0
        && broker.preparedBranches() == 0;
  }

  private void compare(Place place) {
    Operator operator = new Operator(this, Objects.requireNonNull(place.node));
    Thread comparing = place.process.thread("operator", operator::compare);
    comparing.start();
    world.join(comparing, Duration.ofMinutes(1));
  }

  private void stop(Place place) {
    SimulatedNode node = place.node;
    if (place.isGone) {
      return;
    }
    if (node == null) {
      throw new AssertionError(place.name + " does not run");
    }
    Thread stopping = place.process.thread("stop", node::stop);
    stopping.start();
    if (!world.join(stopping, Duration.ofMinutes(1))) {
      throw new AssertionError(place.name + " does not stop");
    }
    place.process.end();
  }

  /** Whether all has been played, and clients need not ask any more. */
  boolean isOver() {
    return isOver;
  }

  /** Whether faults are still to come. */
  boolean isStormy() {
    return !faults.areOver();
  }

  Place anyPlace() {
    return places.get(random.nextInt(places.size()));
  }

  /** The ids of what was applied, in the order of the commits. */
  List<Integer> order() {
    return server.rows().stream().map(row -> ((Number) row.values().get(0)).intValue()).toList();
  }

  /** How often each message was applied, and each client's row written, by its id. */
  Map<Integer, Integer> applied() {
    Map<Integer, Integer> applied = new TreeMap<>();
    for (MemoryServer.Row row : server.rows()) {
      applied.merge(((Number) row.values().get(0)).intValue(), 1, Integer::sum);
    }
    return applied;
  }

  /** The ids of the messages that the source still has. */
  List<Integer> left() {
    if (plan.isLeased()) {
      return sqs.left(QUEUE).stream().map(body -> id(MessageBody.ofText(body))).toList();
    }
    if (!plan.isPositioned()) {
      return ids("orders");
    }
    Map<String, Long> positions = server.positions();
    return kafka.messagesIn("orders").stream()
        .filter(
            message ->
                positions.getOrDefault(message.place().partition().slot(), 0L)
                    <= message.place().at().offset())
        .map(message -> id(message.content()))
        .toList();
  }

  /** The ids of the messages that became dead letters. */
  List<Integer> dead() {
    return plan.isPositioned() || plan.isLeased()
        ? server.deadLetters().stream().map(letter -> id(letter.body())).toList()
        : ids("orders.dead");
  }

  /** The ids of the messages in a queue, by what their bodies say. */
  List<Integer> ids(String queue) {
    return broker.messagesIn(queue).stream().map(message -> id(message.content())).toList();
  }

  static int id(MessageBody body) {
    return Integer.parseInt(String.valueOf(body.text()).replaceAll("\\D", ""));
  }

  @Override
  public void close() {
    places.forEach(place -> place.disk.close());
  }

  /** A clock that moves on by more than those of others. */
  private final class LeaseTime implements InMemoryBroker.Time {

    private long ahead;

    void passes(Duration time) {
      ahead += time.toMillis();
    }

    @Override
    public long millis() {
      return simulation.nanos() / 1_000_000 + ahead;
    }

    @Override
    public void passUntil(long millis) {
      SimulatedThread.me().waitUntil(() -> false, (millis - ahead) * 1_000_000);
    }
  }

  private final class BrokerTime implements InMemoryBroker.Time {

    @Override
    public long millis() {
      return simulation.nanos() / 1_000_000;
    }

    @Override
    public void passUntil(long millis) {
      SimulatedThread.me().waitUntil(() -> false, millis * 1_000_000);
    }
  }
}

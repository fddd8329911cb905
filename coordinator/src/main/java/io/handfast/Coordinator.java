package io.handfast;

import io.handfast.artemis.ArtemisBroker;
import io.handfast.atomikos.AtomikosTransactions;
import io.handfast.comparison.Comparisons;
import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Threads;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.RemoteParticipants;
import io.handfast.coordination.RemoteSettlement;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSettings;
import io.handfast.database.JdbcDatabase;
import io.handfast.delivery.Deliveries;
import io.handfast.drain.Drain;
import io.handfast.embedded.EmbeddedParts;
import io.handfast.event.Events;
import io.handfast.log.JournalDecisionLog;
import io.handfast.message.Broker;
import io.handfast.message.BrokerSettings;
import io.handfast.metrics.NodeGauges;
import io.handfast.node.MemoryConfig;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeState;
import io.handfast.node.Participants;
import io.handfast.participant.Participant;
import io.handfast.queue.BlockedSendsLog;
import io.handfast.queue.QueueDepths;
import io.handfast.queue.Queues;
import io.handfast.readiness.Readiness;
import io.handfast.readiness.StartCheck;
import io.handfast.recovery.Recovery;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The life of this process, start to end; what is unsafe was refused before ({@link EarlyRefusal}).
 *
 * <ol>
 *   <li>Start the embedded parts that the configuration leaves out.
 *   <li>Begin a new incarnation of this node on its decision log.
 *   <li>Hold the node's name at every participant that answers.
 *   <li>Start the engine of two-phase commit.
 *   <li>Begin recovery, which every consumer waits for.
 *   <li>Go on with a drain, where the node is being drained, before anything can begin.
 *   <li>Open for work: clients' transactions, deliveries, comparisons.
 *   <li>Check what recovery has reached, now and whenever it may have changed.
 * </ol>
 *
 * <p>The end is the reverse, with the units in hand finished first.
 */
@Singleton
public class Coordinator {

  /** How long what is given back at the end may take to end. */
  private static final Duration GIVING_BACK = Duration.ofSeconds(2);

  private final StartCheck check;
  private final Readiness readiness;
  private final NodeConfig config;
  private final MemoryConfig memory;
  private final Participants participants;
  private final EmbeddedParts embedded;
  private final ActiveTransactions active;
  private final NodeClaim claim;
  private final Recovery recovery;
  private final Deliveries deliveries;
  private final Queues queues;
  private final QueueDepths depths;
  private final Comparisons comparisons;
  private final ClientTransactions clientTransactions;
  private final RemoteParticipants remotes;
  private final RemoteSettlement settlement;
  private final Drain drain;
  private final NodeState state;
  private final NodeGauges gauges;
  private final Events events;
  private final Clock clock;
  private @Nullable JournalDecisionLog log;
  private @Nullable Resolutions resolutions;
  private @Nullable AtomikosTransactions transactions;

  Coordinator(
      StartCheck check,
      Readiness readiness,
      NodeConfig config,
      MemoryConfig memory,
      Participants participants,
      EmbeddedParts embedded,
      ActiveTransactions active,
      NodeClaim claim,
      Recovery recovery,
      Deliveries deliveries,
      Queues queues,
      QueueDepths depths,
      Comparisons comparisons,
      ClientTransactions clientTransactions,
      RemoteParticipants remotes,
      RemoteSettlement settlement,
      Drain drain,
      NodeState state,
      NodeGauges gauges,
      Events events,
      Clock clock) {
    this.check = check;
    this.readiness = readiness;
    this.config = config;
    this.memory = memory;
    this.participants = participants;
    this.embedded = embedded;
    this.active = active;
    this.claim = claim;
    this.recovery = recovery;
    this.deliveries = deliveries;
    this.queues = queues;
    this.depths = depths;
    this.comparisons = comparisons;
    this.clientTransactions = clientTransactions;
    this.remotes = remotes;
    this.settlement = settlement;
    this.drain = drain;
    this.state = state;
    this.gauges = gauges;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Starts everything; returns before recovery has reached every participant.
   *
   * @return false where the process was told to stop meanwhile
   * @throws UnsafeStartException another coordinator holds the name of this node
   */
  boolean start() throws InterruptedException {
    Broker broker = broker();
    participants.open(broker, databases()); //                                  1 embedded parts
    JournalDecisionLog opened = openLog(); //                                   2 incarnation
    if (!claim.succeeds(opened.identity().node(), participants.all())) { //     3 name
      return false;
    }
    AtomikosTransactions engine = startEngine(opened); //                       4 engine
    beginRecovery(opened); //                                                   5 recovery
    drain.open(); //                                                            6 drain
    openForWork(engine, opened); //                                             7 work
    readiness.start(); //                                                       8 check
    state.open();
    return true;
  }

  private JournalDecisionLog openLog() {
    JournalDecisionLog opened =
        JournalDecisionLog.open(
            config.dataDirectory().resolve("log"),
            check.nodeName(),
            clientTransactions.retention(),
            clock,
            events);
    log = opened;
    return opened;
  }

  private AtomikosTransactions startEngine(JournalDecisionLog log) {
    List<String> names =
        Stream.of(
                participants.all().stream().map(Participant::name),
                Stream.of(Participants.OUTCOME),
                RemoteParticipants.participantNames().stream())
            .flatMap(Function.identity())
            .toList();
    AtomikosTransactions engine = new AtomikosTransactions(log, names, active, events);
    transactions = engine;
    return engine;
  }

  /** Participants are asked by scans, services of clients' transactions by their settlement. */
  private void beginRecovery(JournalDecisionLog log) {
    Resolutions opened = Resolutions.open(config.dataDirectory().resolve("resolutions.jsonl"));
    resolutions = opened;
    recovery.start(new Recovery.Node(log.identity(), log, log, opened));
    gauges.open(log);
    remotes.open(log, opened);
    settlement.start(log.identity(), log, log, opened);
  }

  private void openForWork(AtomikosTransactions engine, JournalDecisionLog log) {
    clientTransactions.open(engine, log, log, log.identity());
    deliveries.admitBy(readiness);
    deliveries.open(engine, log, embedded.firstRunDeliveries());
    depths.start(deliveries::queueNames);
    comparisons.open(log.identity().node());
  }

  private Broker broker() {
    NodeConfig.BrokerConfig broker = config.broker();
    BrokerSettings settings =
        broker.url().isPresent()
            ? new BrokerSettings(
                broker.url().get(), broker.username().orElse(null), broker.password().orElse(null))
            : embedded.startBroker();
    return new ArtemisBroker(settings, MemoryConfig.limits(memory), new BlockedSendsLog());
  }

  private Map<String, Database> databases() {
    Map<String, Database> databases = new LinkedHashMap<>();
    config
        .database()
        .forEach(
            (name, database) ->
                database
                    .url()
                    .ifPresent(
                        url ->
                            databases.put(
                                name,
                                database(
                                    name,
                                    new DatabaseSettings(
                                        url,
                                        database.username().orElse(null),
                                        database.password().orElse(null),
                                        database.schema().orElse(null))))));
    databases.computeIfAbsent(
        NodeConfig.DEFAULT_DATABASE, name -> database(name, embedded.openDatabase()));
    return databases;
  }

  private static Database database(String name, DatabaseSettings settings) {
    return new JdbcDatabase(Participants.participantName(name), settings);
  }

  /** Begins nothing new from now on; units in flight go on. Returns at once. */
  void beginStop() {
    deliveries.beginStop();
  }

  /**
   * Finishes the units in flight, gives the rest back, and closes everything.
   *
   * @param patience how long units in flight may take
   */
  void stop(Duration patience) {
    Deadline deadline = Deadline.after(patience);
    state.close();
    beginStop();
    readiness.stop();
    drain.stop();
    // A call of a client may hold its transaction for as long as a participant does not answer.
    Thread rollingBack = Threads.start("stop", clientTransactions::close);
    comparisons.stop(deadline.left());
    deliveries.stop(deadline.left(), GIVING_BACK);
    join(rollingBack, deadline.left().plus(GIVING_BACK));
    settlement.stop();
    recovery.stop();
    depths.stop();
    queues.close();
    if (transactions != null) {
      transactions.close();
    }
    if (resolutions != null) {
      resolutions.close();
    }
    if (log != null) {
      log.close();
    }
    claim.giveUp();
    embedded.close();
  }

  private static void join(Thread thread, Duration patience) {
    try {
      thread.join(Math.max(1, patience.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.handfast;

import io.handfast.atomikos.AtomikosTransactions;
import io.handfast.comparison.Comparisons;
import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Threads;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.RemoteConfig;
import io.handfast.delivery.Deliveries;
import io.handfast.drain.Drain;
import io.handfast.embedded.EmbeddedParts;
import io.handfast.event.Events;
import io.handfast.log.JournalDecisionLog;
import io.handfast.metrics.NodeGauges;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeState;
import io.handfast.node.Participants;
import io.handfast.queue.QueueDepths;
import io.handfast.queue.Queues;
import io.handfast.readiness.CheckedAdmission;
import io.handfast.readiness.Readiness;
import io.handfast.recovery.NodeFences;
import io.handfast.recovery.RecoveryConfig;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

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

  private final ConfiguredParticipants configured;
  private final Readiness readiness;
  private final CheckedAdmission admission;
  private final NodeConfig config;
  private final RecoveryConfig recoveryConfig;
  private final RemoteConfig remoteConfig;
  private final EmbeddedParts embedded;
  private final Deliveries deliveries;
  private final Queues queues;
  private final QueueDepths depths;
  private final Comparisons comparisons;
  private final ClientTransactions clientTransactions;
  private final Drain drain;
  private final NodeState state;
  private final RunningNode running;
  private final NodeGauges gauges;
  private final Events events;
  private final Clock clock;
  private final Ends ends = new Ends();

  Coordinator(
      ConfiguredParticipants configured,
      Readiness readiness,
      CheckedAdmission admission,
      NodeConfig config,
      RecoveryConfig recoveryConfig,
      RemoteConfig remoteConfig,
      EmbeddedParts embedded,
      Deliveries deliveries,
      Queues queues,
      QueueDepths depths,
      Comparisons comparisons,
      ClientTransactions clientTransactions,
      Drain drain,
      NodeState state,
      RunningNode running,
      NodeGauges gauges,
      Events events,
      Clock clock) {
    this.configured = configured;
    this.readiness = readiness;
    this.admission = admission;
    this.config = config;
    this.recoveryConfig = recoveryConfig;
    this.remoteConfig = remoteConfig;
    this.embedded = embedded;
    this.deliveries = deliveries;
    this.queues = queues;
    this.depths = depths;
    this.comparisons = comparisons;
    this.clientTransactions = clientTransactions;
    this.drain = drain;
    this.state = state;
    this.running = running;
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
    String name = NodeConfig.name(config);
    Participants participants = configured.open(ends); //                       1 embedded parts
    NodeFences fences = new NodeFences(name, participants.all(), clock);
    ends.add(deadline -> fences.close());
    JournalDecisionLog log = openLog(name); //                                  2 incarnation
    if (!new NodeClaim(name, fences, state).succeeds()) { //                    3 name
      return false;
    }
    Node node = //                                                              4 engine, 5 recovery
        new Node(
            participants, log, fences, config, recoveryConfig, remoteConfig, events, clock, ends);
    running.is(node);
    gauges.open(log);
    drain.open(); //                                                            6 drain
    openForWork(node.engine, log); //                                           7 work
    readiness.start(); //                                                       8 check
    state.open();
    return true;
  }

  private JournalDecisionLog openLog(String name) {
    JournalDecisionLog log =
        JournalDecisionLog.open(
            config.dataDirectory().resolve("log"),
            name,
            clientTransactions.retention(),
            clock,
            events);
    ends.add(deadline -> log.close());
    return log;
  }

  private void openForWork(AtomikosTransactions engine, JournalDecisionLog log) {
    clientTransactions.open(engine, log, log, log.identity());
    deliveries.admitBy(admission);
    deliveries.open(engine, log, embedded.firstRunDeliveries());
    depths.start(deliveries::queueNames);
    comparisons.open(log.identity().node());
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
    depths.stop();
    queues.close();
    ends.run(deadline);
  }

  private static void join(Thread thread, Duration patience) {
    try {
      thread.join(Math.max(1, patience.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.handfast;

import io.handfast.atomikos.AtomikosTransactions;
import io.handfast.commit.LocalCommit;
import io.handfast.commit.Markers;
import io.handfast.commit.PositionCommit;
import io.handfast.commit.Protocols;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.comparison.Comparisons;
import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Repeating;
import io.handfast.concurrent.Threads;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.RemoteParticipants;
import io.handfast.coordination.RemoteSettlement;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.DeliveryFactory;
import io.handfast.delivery.Failures;
import io.handfast.drain.Drain;
import io.handfast.drain.NodeWork;
import io.handfast.event.Events;
import io.handfast.log.FileDecisionLog;
import io.handfast.metrics.NodeGauges;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeHome;
import io.handfast.node.NodeState;
import io.handfast.node.Participants;
import io.handfast.participant.Participant;
import io.handfast.queue.Queues;
import io.handfast.readiness.Readiness;
import io.handfast.recovery.NodeFences;
import io.handfast.recovery.Recovery;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Creates the parts of a running node, in the order of their dependencies. Each is made when what
 * it stands on is there, and works when it is made:
 *
 * <ol>
 *   <li>The embedded parts that the configuration leaves out.
 *   <li>A new incarnation of this node on its decision log.
 *   <li>The node's name, held at every participant that answers.
 *   <li>The engine of two-phase commit.
 *   <li>Recovery, which every consumer waits for, and the settlement with services.
 *   <li>What takes work: clients' transactions, deliveries, comparisons. Where a drain goes on, no
 *       delivery begins.
 *   <li>The checks of what recovery has reached, now and whenever it may have changed.
 * </ol>
 */
final class Node {

  /** How long what is given back at the end may take to end. */
  private static final Duration GIVING_BACK = Duration.ofSeconds(2);

  /** Between two looks at a drain. */
  private static final Duration DRAIN = Duration.ofMillis(250);

  /** After the start, and then between two removals of dead letters that are old. */
  private static final Duration FIRST_DEAD_LETTERS = Duration.ofMinutes(1);

  private static final Duration DEAD_LETTERS = Duration.ofHours(1);

  final Participants participants;
  final Queues queues;
  final Recovery recovery;
  final RemoteParticipants remotes;
  final ClientTransactions clientTransactions;
  final Deliveries deliveries;
  final Comparisons comparisons;
  final Drain drain;
  final Readiness readiness;

  /**
   * Makes them all; returns before recovery has reached every participant.
   *
   * @param state is told what the start waits for
   * @param ends how what was begun is to be ended, also where this fails
   * @throws UnsafeStartException another coordinator holds the name of this node
   * @throws CancellationException the process was told to stop meanwhile
   */
  Node(
      ConfiguredParticipants configured,
      NodeSettings settings,
      NodeStores stores,
      NodeEnvironment environment,
      NodeState state,
      CloseSequence ends)
      throws InterruptedException {
    NodeConfig config = settings.node();
    NodeHome home = settings.home();
    Events events = environment.events();
    Clock clock = environment.clock();
    participants =
        configured.open(ends, clock); //                                    1 embedded parts
    NodeFences fences = new NodeFences(home.name(), participants.all(), clock);
    ends.add(deadline -> fences.close()); // once no part can touch a branch any more
    FileDecisionLog log = log(settings, events, clock); //                   2 incarnation
    ends.add(deadline -> log.close());
    new NodeClaim(home.name(), fences, state, config.nodeNamePatience())
        .await(); //                                                            3 name
    Resolutions resolutions = Resolutions.open(home.directory().resolve("resolutions.jsonl"));
    ends.add(deadline -> resolutions.close());
    ActiveTransactions active = new ActiveTransactions();
    AtomikosTransactions engine = //                                            4 engine
        new AtomikosTransactions(log, names(participants), active, events);
    ends.add(deadline -> engine.close());
    queues = new Queues(participants);
    ends.add(deadline -> queues.close());
    ends.add(deadline -> environment.depths().stop());
    Markers markers = new Markers(participants);
    Recovery.Node identified = new Recovery.Node(log.identity(), log, log, resolutions, markers);
    recovery = //                                                               5 recovery
        new Recovery(settings.recovery(), fences, identified, active, events, clock);
    ends.add(deadline -> recovery.stop());
    remotes = new RemoteParticipants(settings.remote(), log, resolutions, clock);
    RemoteSettlement settlement =
        new RemoteSettlement(remotes, settings.remote(), active, recovery, events, clock);
    ends.add(deadline -> settlement.stop());
    Failures failures = stores.deliveries().openFailures();
    ends.add(deadline -> failures.close()); // after the rollbacks, which count refusals in it
    LocalCommit localCommit =
        new LocalCommit(log.identity(), active, markers, recovery::reportMissing, events);
    Protocols protocols =
        new Protocols(
            home.isDisposable()
                ? Optional.empty()
                : Optional.of(new TwoPhaseCommit(engine, log, recovery::requireHeld, events)),
            localCommit,
            new PositionCommit(localCommit));
    clientTransactions = //                                                     6 work
        new ClientTransactions(settings.clients(), protocols, participants, recovery, clock);
    FutureTask<Void> rollback = new FutureTask<>(clientTransactions::close, null);
    ends.add(deadline -> finish(rollback, deadline));
    new NodeGauges(
        environment.metrics(), events, recovery, participants, clientTransactions, clock);
    DeliveryFactory factory =
        new DeliveryFactory(
            participants,
            protocols,
            log,
            recovery,
            failures,
            clientTransactions,
            environment.admission(),
            events,
            environment.traces(),
            config.inbox().keep(),
            clock);
    deliveries =
        new Deliveries(
            factory,
            stores.deliveries(),
            settings.hosts(),
            stores.embedded().firstRunDeliveries(),
            Drain.goesOn(home));
    ends.add(deadline -> deliveries.stop(deadline.left(), GIVING_BACK));
    Duration keep = config.deadLetters().keep();
    Repeating tidying =
        Repeating.start(
            "dead-letters",
            FIRST_DEAD_LETTERS,
            DEAD_LETTERS,
            () -> deliveries.removeDeadLettersBefore(clock.instant().minus(keep)));
    ends.add(deadline -> tidying.close());
    comparisons =
        new Comparisons(deliveries, queues, participants, recovery, stores.comparisons(), clock);
    ends.add(deadline -> comparisons.stop(deadline.left()));
    // A call of a client may hold its transaction for as long as a participant does not answer.
    ends.add(deadline -> Threads.start("stop", rollback));
    NodeWork work =
        new NodeWork(participants, deliveries, comparisons, clientTransactions, recovery, clock);
    drain = new Drain(home, config, settings.recovery(), work, clock);
    Repeating draining = Repeating.start("drain", DRAIN, DRAIN, drain::look);
    ends.add(deadline -> draining.close());
    readiness = //                                                              7 checks
        new Readiness(environment.admission(), participants, recovery, deliveries, clock);
    ends.add(deadline -> readiness.stop());
  }

  private static FileDecisionLog log(NodeSettings settings, Events events, Clock clock) {
    return FileDecisionLog.open(
        settings.home().directory().resolve("log"),
        settings.home().name(),
        settings.clients().retention(),
        clock,
        events);
  }

  private static List<String> names(Participants participants) {
    return Stream.of(
            participants.all().stream().map(Participant::name),
            Stream.of(Participants.OUTCOME),
            RemoteParticipants.participantNames().stream())
        .flatMap(Function.identity())
        .toList();
  }

  /** Waits for the rollbacks; begins them where the start did not get to the end that does. */
  private static void finish(FutureTask<Void> rollback, Deadline deadline) {
    Threads.start("stop", rollback); // does nothing where one has begun it
    try {
      rollback.get(deadline.left().plus(GIVING_BACK).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      // left behind: recovery of the next start ends it
    } catch (ExecutionException e) {
      throw new IllegalStateException("clients' transactions were not rolled back", e.getCause());
    }
  }
}

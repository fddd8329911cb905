package io.handfast.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.commit.LocalCommit;
import io.handfast.commit.Markers;
import io.handfast.commit.PositionCommit;
import io.handfast.commit.Protocols;
import io.handfast.commit.Transactions;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.coordination.ClientLimits;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.LimitsFixture;
import io.handfast.database.Database;
import io.handfast.database.MemoryDatabase;
import io.handfast.delivery.Admission;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.DeliveryFactory;
import io.handfast.delivery.DeliveryFixture;
import io.handfast.delivery.Failures;
import io.handfast.event.Events;
import io.handfast.event.TraceContext;
import io.handfast.input.AllowedHosts;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.SimulatedDisk;
import io.handfast.message.Broker;
import io.handfast.message.SourceConnector;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.recovery.NodeFences;
import io.handfast.recovery.Recovery;
import io.handfast.recovery.ScanTimes;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parts of a node, made in the order in which {@code io.handfast.Node} makes them. */
final class SimulatedNode {

  private static final ScanTimes SCANS =
      ScanTimes.of(Duration.ofSeconds(10), Duration.ofSeconds(1));
  private static final Duration LEASE = Duration.ofSeconds(20);
  private static final int MOST_TRANSACTIONS = 10;
  static final Duration KEEP = Duration.ofHours(24);
  private static final Duration PAUSE = Duration.ofMillis(500);

  final FileDecisionLog log;
  final Recovery recovery;
  final ClientTransactions clients;
  final Deliveries deliveries;
  private final NodeFences fences;
  private final Resolutions resolutions;

  /** The ways of its process to what it works with. */
  record Ways(
      Broker broker, SourceConnector topics, SourceConnector leases, MemoryDatabase database) {}

  /** Starts it; waits for its name as long as another process holds it. */
  SimulatedNode(
      String name,
      SimulatedProcess process,
      SimulatedDisk disk,
      Ways ways,
      Failures failures,
      String delivery,
      Safeguards safeguards)
      throws InterruptedException {
    Clock clock = process.clock();
    MemoryDatabase database = ways.database();
    Broker guarded = safeguards.broker(ways.broker());
    Participants participants =
        new Participants(
            guarded,
            Optional.of(safeguards.topics(ways.topics())),
            Optional.of(ways.leases()),
            Map.of(NodeConfig.DEFAULT_DATABASE, safeguards.database(database)));
    fences = new NodeFences(name, participants.all(), clock);
    ClientLimits limits = LimitsFixture.limits(MOST_TRANSACTIONS, LEASE);
    log = disk.openLog(name, safeguards.retention(limits.retention()), clock, Events.NONE);
    List<NodeNameTakenException> refusals = fences.claim(Duration.ofSeconds(3));
    while (!refusals.isEmpty()) {
      process.sleep(PAUSE);
      refusals = fences.claim(Duration.ofSeconds(3));
    }
    ActiveTransactions active = new ActiveTransactions();
    Markers markers = new Markers(participants(guarded, safeguards.askedByRecovery(database)));
    resolutions = Resolutions.open(disk.root().resolve("resolutions.jsonl"));
    Transactions engine = safeguards.engine(log, active);
    recovery =
        new Recovery(
            SCANS,
            fences,
            new Recovery.Node(
                log.identity(),
                safeguards.recoveryLog(log),
                safeguards.clientLog(log),
                resolutions,
                markers),
            safeguards.activeForRecovery(active),
            Events.NONE,
            clock);
    LocalCommit localCommit =
        new LocalCommit(
            log.identity(),
            active,
            new Markers(participants(guarded, safeguards.askedForReply(database))),
            recovery::reportMissing,
            Events.NONE);
    Protocols protocols =
        new Protocols(
            Optional.of(
                new TwoPhaseCommit(
                    engine, safeguards.protocolLog(log), recovery::requireHeld, Events.NONE)),
            localCommit,
            new PositionCommit(localCommit));
    clients = new ClientTransactions(limits, protocols, participants, recovery, clock);
    deliveries =
        new Deliveries(
            new DeliveryFactory(
                participants,
                protocols,
                log,
                recovery,
                failures,
                clients,
                Admission.ALL,
                Events.NONE,
                TraceContext.NONE,
                safeguards.keep(KEEP),
                clock),
            DeliveryFixture.store(disk.root()),
            new AllowedHosts(List.of()),
            Map.of("orders", json(delivery)),
            false);
  }

  private static Participants participants(Broker broker, Database database) {
    return new Participants(broker, Map.of(NodeConfig.DEFAULT_DATABASE, database));
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it has nothing left to do. */
  boolean isAtRest() {
    return log.isCertain()
        && log.unconfirmed().isEmpty()
        && clients.unsettled().isEmpty()
        && recovery.unreachable().isEmpty();
  }

  /** What it has left to do, for the message of a failure. */
  String state() {
    return "log %s, unconfirmed %s, clients %d, unreachable %s"
        .formatted(
            log.isCertain() ? "certain" : "uncertain",
            log.unconfirmed(),
            clients.unsettled().size(),
            recovery.unreachable());
  }

  /** Ends it in order. */
  void stop() {
    deliveries.stop(Duration.ofSeconds(5), Duration.ofSeconds(2));
    clients.close();
    recovery.stop();
    resolutions.close();
    log.close();
    fences.close();
  }
}

package io.handfast;

import io.handfast.atomikos.AtomikosTransactions;
import io.handfast.coordination.RemoteConfig;
import io.handfast.coordination.RemoteParticipants;
import io.handfast.coordination.RemoteSettlement;
import io.handfast.event.Events;
import io.handfast.log.JournalDecisionLog;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.participant.Participant;
import io.handfast.recovery.NodeFences;
import io.handfast.recovery.Recovery;
import io.handfast.recovery.RecoveryConfig;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The parts of a node that holds its name, each made when what it stands on is there. */
final class Node {

  final Participants participants;
  final JournalDecisionLog log;
  final AtomikosTransactions engine;
  final Recovery recovery;
  final RemoteParticipants remotes;

  Node(
      Participants participants,
      JournalDecisionLog log,
      NodeFences fences,
      NodeConfig config,
      RecoveryConfig recoveryConfig,
      RemoteConfig remoteConfig,
      Events events,
      Clock clock,
      Ends ends) {
    this.participants = participants;
    this.log = log;
    ActiveTransactions active = new ActiveTransactions();
    Resolutions resolutions = Resolutions.open(config.dataDirectory().resolve("resolutions.jsonl"));
    ends.add(deadline -> resolutions.close());
    engine = new AtomikosTransactions(log, names(participants), active, events);
    ends.add(deadline -> engine.close());
    Recovery.Node node = new Recovery.Node(log.identity(), log, log, resolutions);
    recovery = new Recovery(recoveryConfig, fences, node, active, events, clock);
    ends.add(deadline -> recovery.stop());
    remotes = new RemoteParticipants(remoteConfig, log, resolutions, clock);
    RemoteSettlement settlement =
        new RemoteSettlement(remotes, remoteConfig, active, recovery, events, clock);
    ends.add(deadline -> settlement.stop());
  }

  private static List<String> names(Participants participants) {
    return Stream.of(
            participants.all().stream().map(Participant::name),
            Stream.of(Participants.OUTCOME),
            RemoteParticipants.participantNames().stream())
        .flatMap(Function.identity())
        .toList();
  }
}

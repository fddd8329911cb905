package io.handfast.recovery;

import io.handfast.concurrent.Threads;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.Participant;
import io.handfast.participant.ParticipantUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * This node's name, held at every participant, so that of two coordinators of one name only one
 * looks at branches.
 *
 * <p>What holding it guarantees, on whatever data directories the two run, a copy included:
 *
 * <ul>
 *   <li>a coordinator resolves no branch at a participant that keeps the name for another;
 *   <li>it begins no unit on sessions that it opened while another held the name: it asks for the
 *       name <em>after</em> opening them, and what ends the fence's connection by ending the server
 *       has then ended them too.
 * </ul>
 *
 * <p>What it cannot: the fence is a lease, and participants do not ask for it when a branch is
 * prepared or resolved. A node that loses a fence while its sessions go on learns it with the next
 * scan at the latest, and meanwhile finishes the unit in flight and begins others. Their branches
 * are safe from a coordinator with another log, which leaves them for an operator; one that runs on
 * a <em>copy</em> of this node's log would roll back those that are prepared and not decided. Nor
 * can it tell a copied log from its original when the original does not run.
 *
 * <p>Thread-safe.
 */
public final class NodeFences {

  /** Longer than a participant keeps the name for a machine that has vanished. */
  public static final Duration PATIENCE = Duration.ofSeconds(15);

  private final List<FencedParticipant> participants;

  /** The name of a node, claimed nowhere yet. */
  public NodeFences(String node, Collection<Participant> participants, Clock clock) {
    this.participants =
        participants.stream().map(known -> new FencedParticipant(known, node, clock)).toList();
  }

  /**
   * Claims the name wherever it is not held, everywhere at the same time.
   *
   * @param patience for participants that do not answer, which then count as away
   * @return the refusals of those that did
   */
  public List<NodeNameTakenException> claim(Duration patience) throws InterruptedException {
    Queue<NodeNameTakenException> refusals = new ConcurrentLinkedQueue<>();
    List<Runnable> claims = new ArrayList<>();
    participants.forEach(
        known -> claims.add(() -> known.refusal().ifPresent(refusal -> refusals.add(refusal))));
    Threads.runAll("node-name", claims, patience); // one that is away does not hold the others up
    return List.copyOf(refusals);
  }

  /** Every participant, to be opened for recovery only while it grants the name. */
  List<Participant> participants() {
    return List.copyOf(participants);
  }

  /**
   * Asks participants whether they still grant the name.
   *
   * @throws ParticipantUnavailableException one of them does not, or does not answer
   */
  void requireHeld(Collection<String> names) throws ParticipantUnavailableException {
    for (String name : names) {
      if (participants.stream().noneMatch(known -> known.name().equals(name) && known.isHeld())) {
        throw new ParticipantUnavailableException(
            name + " does not grant this node its name at the moment", null);
      }
    }
  }

  /** The participants that keep the name for another coordinator. */
  public List<String> taken() {
    return participants.stream()
        .filter(FencedParticipant::isTaken)
        .map(FencedParticipant::name)
        .toList();
  }

  /** Gives the name up everywhere, for good. */
  public void close() {
    participants.forEach(FencedParticipant::close);
  }
}

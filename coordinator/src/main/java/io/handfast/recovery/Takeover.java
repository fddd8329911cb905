package io.handfast.recovery;

import io.handfast.commit.Markers;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.Participant;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.transaction.MarkedBranch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.transaction.xa.Xid;
import org.jboss.logging.Logger;

/**
 * Decides when this node ends prepared units of another node, whose markers tell how.
 *
 * <p>It is a matter of politeness, not of safety: a node that is taken for dead and lives has its
 * unit rolled back and delivered again. So a unit must have waited for a time, counted from when
 * the participant came back, since its restart drops the claims of all nodes at once; and the other
 * node must not hold its name there. Not thread-safe.
 */
final class Takeover {

  private static final Logger LOG = Logger.getLogger(Takeover.class);

  private static final Duration BETWEEN_TIDYINGS = Duration.ofHours(1);

  private final Markers markers;
  private final Duration patience;
  private final Clock clock;
  private final Map<String, Instant> reachedSince = new HashMap<>();
  private final Map<String, Boolean> gone = new HashMap<>();
  private final Map<String, String> doubts = new HashMap<>();
  private final Set<String> told = new HashSet<>();
  private Instant nextTidying;

  Takeover(Markers markers, Duration patience, Clock clock) {
    this.markers = markers;
    this.patience = patience;
    this.clock = clock;
    this.nextTidying = clock.instant().plus(BETWEEN_TIDYINGS);
  }

  /** A scan of a participant begins; what is known of names is asked for again. */
  void begins() {
    gone.clear();
  }

  /** These branches are prepared now: what is known of others is of no use any more. */
  void listed(Collection<Xid> branches) {
    Set<String> units =
        branches.stream()
            .map(MarkedBranch::of)
            .flatMap(Optional::stream)
            .map(MarkedBranch::unit)
            .collect(Collectors.toSet());
    doubts.keySet().retainAll(units);
    told.retainAll(units);
  }

  /** A participant did not answer a scan. */
  void away(String participant) {
    reachedSince.remove(participant);
  }

  /** A participant has answered a scan. */
  void reached(String participant) {
    reachedSince.putIfAbsent(participant, clock.instant());
  }

  /** Whether a unit that was first seen then has waited for long enough, and its node is gone. */
  boolean isDue(Participant participant, String node, Instant firstSeen) {
    Instant reached = reachedSince.getOrDefault(participant.name(), clock.instant());
    Instant since = reached.isAfter(firstSeen) ? reached : firstSeen;
    return Duration.between(since, clock.instant()).compareTo(patience) >= 0
        && gone.computeIfAbsent(node, name -> isGone(participant, name));
  }

  /** Removes, once in an hour, the slots that no unit will use again. */
  void tidy(String namespace, Collection<Xid> branches) {
    Instant now = clock.instant();
    if (!namespace.isEmpty() && !now.isBefore(nextTidying)) {
      nextTidying = now.plus(BETWEEN_TIDYINGS);
      markers.tidy(
          namespace, branches.stream().map(MarkedBranch::of).flatMap(Optional::stream).toList());
    }
  }

  /** Why the marker could not tell of a branch; empty where it could, or was not asked. */
  String doubt(MarkedBranch branch) {
    return doubts.getOrDefault(branch.unit(), "");
  }

  /** What the marker says; tells, where it cannot say, why not. */
  Verdict verdict(MarkedBranch branch, ScanResult result) {
    Markers.Answer answer = markers.ask(branch);
    if (answer.verdict() == Verdict.UNKNOWN) {
      result.askAgain();
      boolean isKnown = answer.reason().equals(doubts.put(branch.unit(), answer.reason()));
      if (isKnown && told.add(branch.unit())) { // else its owner may have ended it meanwhile
        LOG.warnf(
            "branch not recovered gtrid=%s participant=%s unit=%s: %s; asking again with each scan, see GET /v1/recovery",
            branch.transaction(), result.participant(), branch.unit(), answer.reason());
      }
    } else {
      doubts.remove(branch.unit());
      told.remove(branch.unit());
    }
    return answer.verdict();
  }

  /** Claims the name for a moment: only where that is granted no other process holds it. */
  private static boolean isGone(Participant participant, String node) {
    try {
      participant.claim(node).close();
      return true;
    } catch (NodeNameTakenException e) {
      return false;
    } catch (ParticipantUnavailableException e) {
      return false; // asked again with the next scan
    }
  }
}

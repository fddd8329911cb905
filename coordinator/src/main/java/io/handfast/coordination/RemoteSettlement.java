package io.handfast.coordination;

import io.handfast.concurrent.Repeating;
import io.handfast.concurrent.Threads;
import io.handfast.event.Event;
import io.handfast.event.Events;
import io.handfast.input.WireName;
import io.handfast.log.ClientLog;
import io.handfast.log.DecisionLog;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.RemoteBranch;
import io.handfast.node.NodeIdentity;
import io.handfast.recovery.Recovery;
import io.handfast.remote.RemoteClient;
import io.handfast.remote.RemoteClient.Confirmation;
import io.handfast.resolution.BranchAction;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.ErrorText;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells services the outcomes that they have not confirmed: rollbacks, and commits that were
 * interrupted, for example by a crash.
 *
 * <ol>
 *   <li>Take the services in the log whose transaction no thread works on.
 *   <li>For each, on its own, after a pause that grows with each failure: ask the log. A decision
 *       commits, none rolls back, an unknown one waits.
 *   <li>Tell the service; when it confirms, it leaves the log.
 * </ol>
 *
 * <p>A service that does not answer delays no other one. Thread-safe.
 */
public final class RemoteSettlement {

  private static final Logger LOG = Logger.getLogger(RemoteSettlement.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int CALLS_AT_ONCE = 8;

  private record Trouble(Instant nextCall, Duration pause) {}

  private final RemoteParticipants remotes;
  private final RemoteConfig config;
  private final ActiveTransactions active;
  private final Recovery recovery;
  private final Events events;
  private final Clock clock;
  private final Map<RemoteBranch, Trouble> troubles = new ConcurrentHashMap<>();
  private final Set<URI> away = ConcurrentHashMap.newKeySet();
  private final Set<RemoteBranch> inHand = ConcurrentHashMap.newKeySet();
  private final Executor callers = Threads.executor("remote-settlement", CALLS_AT_ONCE);
  private final NodeIdentity identity;
  private final DecisionLog log;
  private final ClientLog clients;
  private final Resolutions resolutions;
  private final Repeating looker;
  private volatile boolean isStopped;

  /** Begins telling. */
  public RemoteSettlement(
      RemoteParticipants remotes,
      RemoteConfig config,
      ActiveTransactions active,
      Recovery recovery,
      Events events,
      Clock clock) {
    this.events = events;
    this.recovery = recovery;
    this.remotes = remotes;
    this.config = config;
    this.active = active;
    this.clock = clock;
    this.identity = recovery.node().identity();
    this.log = recovery.node().log();
    this.clients = recovery.node().clients();
    this.resolutions = recovery.node().resolutions();
    this.looker = Repeating.start("remote-settlement-look", Duration.ZERO, LOOK, this::look);
  }

  private void look() {
    try {
      Collection<RemoteBranch> joined = clients.joined();
      troubles.keySet().retainAll(joined);
      for (RemoteBranch branch : joined) {
        if (!active.contains(branch.transaction())
            && identity.isInThisLog(branch.transaction())
            && isDue(branch)
            && inHand.add(branch)) {
          callers.execute(() -> settle(branch));
        }
      }
    } catch (RuntimeException e) {
      LOG.warnf(e, "telling services their outcomes failed: trying again");
    }
  }

  private boolean isDue(RemoteBranch branch) {
    Trouble trouble = troubles.get(branch);
    return trouble == null || !clock.instant().isBefore(trouble.nextCall());
  }

  private void settle(RemoteBranch branch) {
    try {
      if (isStopped) {
        return;
      }
      if (resolutions.givenUp(branch.transaction()).contains(branch.participant())) {
        remotes.settled(branch);
        return;
      }
      Verdict decision = log.decisionOf(branch.transaction());
      if (decision != Verdict.UNKNOWN) {
        boolean isCommit = decision == Verdict.COMMIT;
        boolean isLate = isCommit || troubles.containsKey(branch) || isOfBefore(branch);
        if (tell(branch, isCommit)) {
          told(branch, isCommit ? BranchAction.COMMIT : BranchAction.ROLLBACK, isLate);
        }
      }
    } catch (IOException | RuntimeException e) {
      later(branch, e);
    } finally {
      inHand.remove(branch);
    }
  }

  /** What is not late was rolled back a moment ago: there was nothing to recover. */
  private void told(RemoteBranch branch, BranchAction action, boolean isLate) {
    LOG.infof(
        "%s gtrid=%s participant=%s name=%s outcome=%s",
        isLate ? "branch recovered" : "participant told",
        branch.transaction(),
        branch.participant(),
        branch.name(),
        WireName.of(action));
    if (isLate) {
      events.publish(
          new Event.BranchRecovered(
              branch.transaction(), branch.participant(), action == BranchAction.COMMIT));
    }
  }

  private boolean isOfBefore(RemoteBranch branch) {
    return branch.transaction().incarnation() != identity.incarnation();
  }

  /**
   * False where it has decided otherwise, alone: that is kept for an operator, and an error line.
   */
  private boolean tell(RemoteBranch branch, boolean isCommit) throws IOException {
    RemoteClient client = remotes.client();
    Confirmation confirmation =
        isCommit
            ? client.commit(RemoteParticipants.address(branch))
            : client.rollback(RemoteParticipants.address(branch));
    answered(branch.url());
    if (confirmation == Confirmation.HEURISTIC) {
      remotes.heuristic(branch, isCommit);
      return false;
    }
    remotes.settled(branch);
    if (isCommit) {
      recovery.scanSoon(); // the decision may be confirmed by all now
    }
    return true;
  }

  private void later(RemoteBranch branch, Exception cause) {
    @Nullable Trouble before = troubles.get(branch);
    Duration pause = before == null ? FIRST_PAUSE : before.pause().multipliedBy(2);
    if (pause.compareTo(config.longestPause()) > 0) {
      pause = config.longestPause();
    }
    troubles.put(branch, new Trouble(clock.instant().plus(pause), pause));
    if (away.add(branch.url())) {
      LOG.warnf(
          "participant away gtrid=%s participant=%s name=%s: %s; it is told this and other outcomes when it is back",
          branch.transaction(), branch.participant(), branch.name(), ErrorText.readable(cause));
    }
  }

  /**
   * A service that answers one call will answer the others: none waits for the end of its pause.
   */
  private void answered(URI url) {
    if (away.remove(url)) {
      troubles.keySet().removeIf(branch -> branch.url().equals(url));
      LOG.infof("participant back url=%s", url);
    }
  }

  /** Stops telling; the next start goes on. */
  public void stop() {
    looker.close();
    isStopped = true;
  }
}

package io.handfast.resolution;

import io.handfast.commit.Markers;
import io.handfast.input.WireName;
import io.handfast.log.DecisionLog;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.node.NodeIdentity;
import io.handfast.participant.Participant;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.XaFailures;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.RefusedException.Reason;
import io.handfast.transaction.TransactionId;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.jboss.logging.Logger;

/**
 * Carries out an operator's decision about one branch.
 *
 * <ol>
 *   <li>See whose the branch is: what is not this node's is never touched, and what a worker has in
 *       flight not now.
 *   <li>Ask the participant whether it holds the branch.
 *   <li>Compare with what the log says: against it only by force.
 *   <li>Write down who does what and why, before it is done.
 *   <li>Do it.
 *   <li>Write down what came of it.
 * </ol>
 *
 * <p>Thread-safe: one act at a time, and none during a scan.
 */
public final class Resolver {

  private static final Logger LOG = Logger.getLogger(Resolver.class);

  /**
   * What an operator wants.
   *
   * @param force whether also against the log
   */
  public record Order(String xid, BranchAction action, String who, String why, boolean force) {}

  /** What tells how branches are to end: this node's log, and the markers of its databases. */
  public record Decisions(NodeIdentity identity, DecisionLog log, Markers markers) {

    /** A decision of another log is not known here. */
    Verdict on(Branch branch) {
      return branch
          .marked()
          .map(marked -> markers.ask(marked).verdict())
          .orElseGet(
              () -> isKnown(branch) ? log.decisionOf(branch.transaction()) : Verdict.UNKNOWN);
    }

    /** Whether the log or a marker may say what is to become of it. */
    boolean isKnown(Branch branch) {
      return branch.marked().isPresent() || identity.isInThisLog(branch.transaction());
    }
  }

  private final Decisions decisions;
  private final ActiveTransactions active;
  private final Supplier<List<Participant>> participants;
  private final Resolutions resolutions;
  private final Clock clock;

  public Resolver(
      Decisions decisions,
      ActiveTransactions active,
      Supplier<List<Participant>> participants,
      Resolutions resolutions,
      Clock clock) {
    this.decisions = decisions;
    this.active = active;
    this.participants = participants;
    this.resolutions = resolutions;
    this.clock = clock;
  }

  /**
   * Does what was ordered.
   *
   * @return what was done, as it was written down
   * @throws RefusedException it was not done, and why
   */
  public OperatorAct carryOut(Order order) throws RefusedException {
    Branch branch = ownBranch(order.xid());
    resolutions.turn().lock();
    try {
      refuseInUse(branch);
      return order.action() == BranchAction.FORGET ? forget(branch, order) : resolve(branch, order);
    } finally {
      resolutions.turn().unlock();
    }
  }

  private Branch ownBranch(String xid) throws RefusedException {
    Branch branch =
        Branch.parse(xid)
            .orElseThrow(
                () ->
                    new RefusedException(
                        Reason.BRANCH_NOT_OURS,
                        "The branch '%s' is not Handfast's: the transaction manager that has begun it must end it."
                            .formatted(xid)));
    boolean isOurs = decisions.identity().isOfThisNode(branch.transaction());
    if (!isOurs && branch.marked().isEmpty()) {
      throw new RefusedException(
          Reason.BRANCH_NOT_OURS,
          "The branch is of the node '%s': ask that one; only its log knows the decision."
              .formatted(branch.transaction().node()));
    }
    return branch;
  }

  private void refuseInUse(Branch branch) throws RefusedException {
    if (active.contains(branch.transaction())) {
      throw new RefusedException(
          Reason.BRANCH_IN_USE,
          "The transaction '%s' is being worked on; it ends by itself or at its time-out."
              .formatted(branch.transaction()));
    }
  }

  private OperatorAct resolve(Branch branch, Order order) throws RefusedException {
    try (RecoverySession session = participant(branch).openForRecovery()) {
      Xid held = held(session, branch).orElseThrow(() -> notFound(branch));
      if (resolutions.heuristic(branch.xid()).isPresent()) {
        throw new RefusedException(
            Reason.CONTRADICTS_LOG,
            "The branch has ended on its own already: compare the participants, then forget it.");
      }
      Verdict decision = decisions.on(branch);
      Optional<String> contradiction = contradiction(branch, order, decision);
      if (contradiction.isPresent() && !order.force()) {
        throw new RefusedException(Reason.CONTRADICTS_LOG, contradiction.get());
      }
      OperatorAct act = act(branch, order, decision, contradiction.isPresent());
      return carryOut(
          act,
          () -> {
            if (order.action() == BranchAction.COMMIT) {
              session.commit(held);
            } else {
              session.rollback(held);
            }
          });
    } catch (ParticipantUnavailableException | XAException e) {
      throw unavailable(branch, e);
    }
  }

  /** What is not known here contradicts nothing. */
  private Optional<String> contradiction(Branch branch, Order order, Verdict decision) {
    TransactionId id = branch.transaction();
    BranchAction before = resolutions.decidedByPerson(id).orElse(order.action());
    if (before != order.action()) {
      return Optional.of(
          "Another branch of the transaction '%s' was resolved by %s before: this would tear it apart. Repeat with ?force=true to do it all the same."
              .formatted(id, before.name().toLowerCase(Locale.ROOT)));
    }
    if (!decisions.isKnown(branch)) {
      return Optional.empty();
    }
    String logged =
        switch (decision) {
          case COMMIT -> order.action() == BranchAction.COMMIT ? "" : "has decided to commit it";
          case NONE ->
              order.action() == BranchAction.ROLLBACK
                  ? ""
                  : "has no decision, so it is rolled back";
          case UNKNOWN -> "cannot say yet whether a decision was written";
        };
    return logged.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "The %s %s: this would lose or double the messages of '%s'. Repeat with ?force=true to do it all the same."
                .formatted(branch.marked().isPresent() ? "marker" : "log", logged, id));
  }

  private OperatorAct forget(Branch branch, Order order) throws RefusedException {
    return resolutions.heuristic(branch.xid()).isPresent()
        ? forgetHeuristic(branch, order)
        : giveUp(branch, order);
  }

  private OperatorAct forgetHeuristic(Branch branch, Order order) throws RefusedException {
    OperatorAct act = act(branch, order, decisions.on(branch), false);
    try (RecoverySession session = participant(branch).openForRecovery()) {
      Optional<Xid> held = held(session, branch);
      return held.isPresent()
          ? carryOut(act, () -> session.forget(held.get()))
          : carryOut(act, () -> {});
    } catch (ParticipantUnavailableException | XAException e) {
      throw unavailable(branch, e);
    }
  }

  /** For a participant that is gone for good: the log would wait for it for ever. */
  private OperatorAct giveUp(Branch branch, Order order) throws RefusedException {
    boolean isAwaited = decisions.log().awaits(branch.transaction(), branch.participant());
    if (!isAwaited || isHeld(branch)) {
      throw isAwaited
          ? new RefusedException(
              Reason.CONTRADICTS_LOG,
              "The participant still holds the branch: commit it, or roll it back.")
          : notFound(branch);
    }
    if (!order.force()) {
      throw new RefusedException(
          Reason.CONTRADICTS_LOG,
          "The log waits for '%s' to confirm the outcome. If it will never come back, repeat with ?force=true."
              .formatted(branch.participant()));
    }
    return carryOut(act(branch, order, decisions.on(branch), true), () -> {});
  }

  private boolean isHeld(Branch branch) {
    try (RecoverySession session = participant(branch).openForRecovery()) {
      return held(session, branch).isPresent();
    } catch (RefusedException | ParticipantUnavailableException | XAException e) {
      return false; // gone, as the person says
    }
  }

  private static Optional<Xid> held(RecoverySession session, Branch branch) throws XAException {
    List<Xid> listed = session.preparedBranches();
    return listed.stream().filter(branch::is).findFirst();
  }

  private Participant participant(Branch branch) throws RefusedException {
    return participants.get().stream()
        .filter(known -> known.name().equals(branch.participant()))
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    Reason.PARTICIPANT_UNAVAILABLE,
                    "The participant '%s' is not in this node's configuration: configure it again to reach the branch."
                        .formatted(branch.participant())));
  }

  private OperatorAct act(Branch branch, Order order, Verdict decision, boolean isForced) {
    return new OperatorAct(
        branch,
        order.action(),
        order.who(),
        order.why(),
        decision,
        isForced,
        clock.instant(),
        OperatorAct.BEGUN);
  }

  /** What is done at the participant. */
  @FunctionalInterface
  private interface Deed {
    void run() throws XAException;
  }

  private OperatorAct carryOut(OperatorAct act, Deed deed) throws RefusedException {
    resolutions.keep(act);
    try {
      deed.run();
    } catch (XAException | RuntimeException e) {
      String answer = e instanceof XAException xa ? XaFailures.code(xa) : ErrorText.readable(e);
      resolutions.keep(act.with("failed: " + answer));
      throw new RefusedException(
          Reason.PARTICIPANT_UNAVAILABLE,
          "%s has answered %s; look at GET /v1/recovery for how the branch is now."
              .formatted(act.branch().participant(), answer));
    }
    OperatorAct done = act.with(OperatorAct.DONE);
    resolutions.keep(done);
    LOG.warnf(
        "branch resolved by hand gtrid=%s participant=%s action=%s forced=%s who=%s why=%s",
        act.branch().transaction(),
        act.branch().participant(),
        WireName.of(act.action()),
        act.forced(),
        act.who(),
        act.why());
    return done;
  }

  private static RefusedException notFound(Branch branch) {
    return new RefusedException(
        Reason.BRANCH_NOT_FOUND,
        "'%s' holds no such branch, and nothing waits for it; it may have been resolved meanwhile."
            .formatted(branch.participant()));
  }

  private static RefusedException unavailable(Branch branch, Exception cause) {
    return new RefusedException(
        Reason.PARTICIPANT_UNAVAILABLE,
        "%s cannot be asked now: %s".formatted(branch.participant(), ErrorText.readable(cause)));
  }
}

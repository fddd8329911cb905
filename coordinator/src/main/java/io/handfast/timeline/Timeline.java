package io.handfast.timeline;

import io.handfast.event.Event;
import io.handfast.event.Event.BranchRecovered;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one transaction in this process, from its beginning to its end at all participants.
 *
 * <p>The log has it too, each line with the transaction's id: what is left to recovery as a
 * warning, every step at the level debug. Thread-safe.
 */
public final class Timeline {

  private static final Logger LOG = Logger.getLogger(Timeline.class);

  /** A longer timeline is cut: a client may do anything for an hour. */
  private static final int MOST_STEPS = 100;

  /**
   * What has happened at one moment.
   *
   * @param participant who did it; null for the coordinator itself
   * @param endedNanos when it was over, since the begin
   * @param tookNanos how long it took; 0 for what is a moment
   * @param isFailure whether it went wrong
   */
  public record Step(
      String name,
      @Nullable String participant,
      long endedNanos,
      long tookNanos,
      @Nullable String detail,
      boolean isFailure) {}

  private final TransactionId id;
  private final @Nullable String delivery;
  private final Instant begunAt;
  private final long begunNanos;
  private final List<Step> steps = new ArrayList<>(10);
  private TransactionStatus status = TransactionStatus.ACTIVE;
  private @Nullable String reason;

  Timeline(TransactionId id, @Nullable String delivery, Instant begunAt, long begunNanos) {
    this.id = id;
    this.delivery = delivery;
    this.begunAt = begunAt;
    this.begunNanos = begunNanos;
  }

  public TransactionId id() {
    return id;
  }

  /** The delivery that it is a unit of; null for a client's. */
  public @Nullable String delivery() {
    return delivery;
  }

  public Instant begunAt() {
    return begunAt;
  }

  /** How it stands, as far as this process has seen. */
  public synchronized TransactionStatus status() {
    return status;
  }

  /** Why it was not committed at once; null where it was, or may still be. */
  public synchronized @Nullable String reason() {
    return reason;
  }

  /** What has happened so far, in order. */
  public synchronized List<Step> steps() {
    return List.copyOf(steps);
  }

  /** Adds what is just over. */
  void add(Event.Step step) {
    Exception failure = step.failure();
    String detail = failure == null ? step.detail() : ErrorText.readable(failure);
    add(step.step(), step.participant(), step.nanos(), detail, failure != null);
  }

  private synchronized void add(
      String name,
      @Nullable String participant,
      long tookNanos,
      @Nullable String detail,
      boolean isFailure) {
    if (steps.size() < MOST_STEPS) {
      long ended = System.nanoTime() - begunNanos;
      steps.add(new Step(name, participant, ended, tookNanos, detail, isFailure));
    }
    if (LOG.isDebugEnabled()) {
      LOG.debugf(
          "step gtrid=%s step=%s participant=%s micros=%d failed=%b detail=%s",
          id, name, participant, tookNanos / 1_000, isFailure, detail);
    }
  }

  /** Recovery has ended a branch, by which the decision is known. */
  synchronized void recovered(BranchRecovered branch) {
    add("recover", branch.participant(), 0, "recovery: " + branch.action(), false);
    if (status == TransactionStatus.IN_DOUBT && branch.isCommitted()) {
      status = TransactionStatus.COMMITTING;
    }
  }

  synchronized void end(Outcome outcome) {
    status = outcome.status();
    reason = outcome.reason();
    tell(outcome);
  }

  /** What ended here for good is told at the level debug: many a retry is a rollback. */
  private void tell(Outcome outcome) {
    if (outcome instanceof Outcome.Decided) {
      LOG.warnf(
          "transaction decided gtrid=%s delivery=%s: to commit, and a participant has not confirmed; recovery goes on asking it",
          id, delivery);
    } else if (outcome instanceof Outcome.InDoubt) {
      LOG.warnf(
          "transaction in doubt gtrid=%s delivery=%s: whether it is decided is not known yet; recovery finds out; do not repeat it",
          id, delivery);
    } else if (outcome instanceof Outcome.Heuristic) {
      LOG.errorf(
          "transaction torn gtrid=%s delivery=%s: a participant decided alone (%s); an operator must compare: GET /v1/recovery",
          id, delivery, reason);
    } else {
      LOG.debugf("transaction ended gtrid=%s delivery=%s status=%s", id, delivery, status);
    }
  }
}

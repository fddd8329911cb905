package io.handfast.timeline;

import io.handfast.event.Event.BranchRecovered;
import io.handfast.participant.BranchWatch;
import io.handfast.transaction.Causes;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The story of one transaction in this process, from its begin to its end everywhere.
 *
 * <p>The log has it too, each line with the transaction's id: what is left to recovery as a
 * warning, every step at the level debug. Thread-safe.
 */
public final class Timeline implements BranchWatch {

  private static final Logger LOG = Logger.getLogger(Timeline.class);

  /** A story that is longer is cut: a client may do anything for an hour. */
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
  private final StoryWatch watch;
  private final long begunNanos = System.nanoTime();
  private final List<Step> steps = new ArrayList<>(10);
  private long lastEndedNanos;
  private TransactionStatus status = TransactionStatus.ACTIVE;
  private @Nullable String reason;

  Timeline(TransactionId id, @Nullable String delivery, Instant begunAt, StoryWatch watch) {
    this.id = id;
    this.delivery = delivery;
    this.begunAt = begunAt;
    this.watch = watch;
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

  /**
   * Adds what is just over.
   *
   * @param begun when it began, by {@link System#nanoTime()}
   */
  public void add(String name, @Nullable String participant, long begun, @Nullable String detail) {
    tookTime(name, participant, System.nanoTime() - begun, detail, false);
  }

  /** Adds what has just failed, from {@code begun} on. */
  public void failed(String name, @Nullable String participant, long begun, Exception failure) {
    long nanos = System.nanoTime() - begun;
    tookTime(name, participant, nanos, Causes.readable(failure), true);
  }

  private void tookTime(
      String name,
      @Nullable String participant,
      long nanos,
      @Nullable String detail,
      boolean isFailure) {
    watch.stepped(this, add(name, participant, nanos, detail, isFailure));
  }

  private synchronized Step add(
      String name,
      @Nullable String participant,
      long tookNanos,
      @Nullable String detail,
      boolean isFailure) {
    lastEndedNanos = System.nanoTime() - begunNanos;
    Step step = new Step(name, participant, lastEndedNanos, tookNanos, detail, isFailure);
    if (steps.size() < MOST_STEPS) {
      steps.add(step);
    }
    if (LOG.isDebugEnabled()) {
      LOG.debugf(
          "step gtrid=%s step=%s participant=%s micros=%d failed=%b detail=%s",
          id, name, participant, tookNanos / 1_000, isFailure, detail);
    }
    return step;
  }

  @Override
  public void answered(
      String participant, BranchWatch.Step step, long begun, @Nullable Exception failure) {
    String name = step.name().toLowerCase(Locale.ROOT);
    String detail = failure == null ? null : Causes.readable(failure);
    tookTime(name, participant, System.nanoTime() - begun, detail, failure != null);
  }

  /** The decision to commit is durable, which took as long as the last vote is ago. */
  void decided() {
    tookTime("decide", null, sinceLastStep(), "forced to the log", false);
  }

  private synchronized long sinceLastStep() {
    return System.nanoTime() - begunNanos - lastEndedNanos;
  }

  /** A moment without a length. */
  void mark(String name, @Nullable String participant, @Nullable String detail) {
    add(name, participant, 0, detail, false);
  }

  /** Recovery has ended a branch, by which the decision is known. */
  synchronized void recovered(BranchRecovered branch) {
    mark("recover", branch.participant(), "recovery: " + branch.action());
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
          "transaction in doubt gtrid=%s delivery=%s: whether it is decided is not known yet; recovery finds out, and nobody repeats it",
          id, delivery);
    } else if (outcome instanceof Outcome.Heuristic) {
      LOG.errorf(
          "transaction torn gtrid=%s delivery=%s: a participant decided alone (%s); a person must compare: GET /v1/recovery",
          id, delivery, reason);
    } else {
      LOG.debugf("transaction ended gtrid=%s delivery=%s status=%s", id, delivery, status);
    }
  }
}

package io.handfast.comparison;

import io.handfast.comparison.Comparison.Status;
import io.handfast.concurrent.Deadline;
import io.handfast.input.WireName;
import io.handfast.message.BrokerException;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.RefusedException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs one comparison from start to end.
 *
 * <ol>
 *   <li>Remove what an earlier comparison of this node has left, since it was killed.
 *   <li>Warm up: every row once, with fewer messages, not measured.
 *   <li>Measure throughput, row after row and that in turn, so that a machine that drifts hits all
 *       alike.
 *   <li>Measure latency at the stated load, row after row.
 * </ol>
 *
 * <p>What a participant interrupts that is away or slow for a while is measured again, and its row
 * says so.
 *
 * <p>However it ends, it leaves no queue and no table that can be removed.
 */
final class ComparisonRun implements Runnable {

  private static final Logger LOG = Logger.getLogger(ComparisonRun.class);

  private static final int PART_TO_WARM_UP = 2;

  /** How often one step is measured at most, where participants interrupt it. */
  private static final int TRIALS_OF_A_STEP = 4;

  /** How long a participant that has interrupted a step may stay away. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration LOOK = Duration.ofMillis(500);

  /** Hears how far a comparison is. */
  interface Listener {

    /** Another step begins. */
    void step(Comparison comparison);

    /** There is something that must be kept. */
    void result(Comparison comparison);
  }

  /** Makes sure that the participants can be worked with. */
  @FunctionalInterface
  interface Preparation {
    void await() throws Exception;
  }

  /** What is measured in one trial. */
  @FunctionalInterface
  private interface Measurement {
    ComparisonRow of(Trial trial, ComparisonRow row) throws Exception;
  }

  private final String node;
  private final Trial.Tools tools;
  private final Preparation preparation;
  private final Listener listener;
  private final Clock clock;
  private Comparison comparison;
  private int steps;
  private int trials;

  ComparisonRun(
      Comparison comparison,
      String node,
      Trial.Tools tools,
      Preparation preparation,
      Listener listener,
      Clock clock) {
    this.comparison = comparison;
    this.node = node;
    this.tools = tools;
    this.preparation = preparation;
    this.listener = listener;
    this.clock = clock;
  }

  @Override
  public void run() {
    LOG.infof("comparison running comparison=%s", comparison.id());
    try {
      measureAll();
      end(Status.COMPLETED, null);
    } catch (Throwable e) {
      LOG.debug("why the comparison has ended", e);
      tidyUp();
      Status asked = tools.cancellation().asked();
      end(asked == null ? Status.FAILED : asked, asked == null ? ErrorText.readable(e) : null);
    }
  }

  private void measureAll() throws Exception {
    preparation.await();
    tools.resources().removeAllOf(node);
    ComparisonRequest request = comparison.request();
    int fewer = Math.max(1, request.messages() / PART_TO_WARM_UP);
    inTurn(
        "warming up",
        (trial, row) -> {
          trial.throughput(fewer);
          return row;
        });
    for (int round = 1; round <= request.rounds(); round++) {
      inTurn(
          "round %d of %d".formatted(round, request.rounds()),
          (trial, row) -> row.with(trial.throughput(request.messages())));
    }
    inTurn("latency", (trial, row) -> row.with(trial.latency()));
  }

  private void inTurn(String part, Measurement measurement) throws Exception {
    for (int i = 0; i < comparison.rows().size(); i++) {
      tools.cancellation().check();
      ComparisonRow row = comparison.rows().get(i);
      String step = "%s: %s, batch %d".formatted(part, WireName.of(row.candidate()), row.batch());
      comparison = comparison.at(steps, step);
      listener.step(comparison);
      measure(i, step, measurement);
      steps++;
      comparison = comparison.at(steps, step);
      listener.result(comparison);
    }
  }

  private void measure(int index, String step, Measurement measurement) throws Exception {
    for (int left = TRIALS_OF_A_STEP - 1; !isMeasured(index, step, measurement, left); left--) {
      awaitParticipants();
    }
  }

  /** Measures once; false where a participant has interrupted it and it may be measured again. */
  private boolean isMeasured(int index, String step, Measurement measurement, int trialsLeft)
      throws Exception {
    trials++;
    ComparisonRow row = comparison.rows().get(index);
    try (Trial trial = new Trial(tools, comparison, row, trials)) {
      ComparisonRow measured = measurement.of(trial, row);
      String trouble = trial.trouble();
      comparison =
          comparison.with(
              index,
              trouble == null
                  ? measured
                  : measured.interrupted(step + ": the delivery was interrupted: " + trouble));
      return true;
    } catch (BrokerException | SQLException | RefusedException e) {
      tools.cancellation().check();
      if (trialsLeft == 0 || isRefusal(e)) {
        throw e;
      }
      String cause = ErrorText.readable(e);
      LOG.warnf(
          "comparison interrupted comparison=%s step=%s: %s; measuring this step again",
          comparison.id(), step, cause);
      comparison = comparison.with(index, row.interrupted(step + ": measured again: " + cause));
      return false;
    }
  }

  private static boolean isRefusal(Exception failure) {
    return failure instanceof BrokerException broker && broker.refusal().isPresent();
  }

  /** Waits until broker and databases let go of what the interrupted trial has left. */
  private void awaitParticipants() throws Exception {
    Deadline deadline = Deadline.after(PATIENCE);
    while (true) {
      preparation.await();
      try {
        tools.resources().removeAllOf(node);
        return;
      } catch (BrokerException | SQLException e) {
        if (deadline.isOver() || isRefusal(e)) {
          throw e;
        }
        LOG.debug("what an interrupted trial has left cannot be removed yet", e);
      }
      Thread.sleep(LOOK.toMillis());
      tools.cancellation().check();
    }
  }

  private void tidyUp() {
    try {
      tools.resources().removeAllOf(node);
    } catch (Exception e) {
      LOG.warnf(
          "comparison not tidied up comparison=%s: %s; the next one removes its queues and tables",
          comparison.id(), ErrorText.readable(e));
    }
  }

  private void end(Status status, @Nullable String error) {
    comparison = comparison.ended(status, clock.instant(), error);
    listener.result(comparison);
    LOG.infof(
        "comparison %s comparison=%s%s",
        WireName.of(status), comparison.id(), error == null ? "" : ": " + error);
  }
}

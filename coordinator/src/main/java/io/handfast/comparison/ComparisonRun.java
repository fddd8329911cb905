package io.handfast.comparison;

import io.handfast.comparison.Comparison.Status;
import io.handfast.input.WireName;
import io.handfast.transaction.Causes;
import java.time.Clock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One comparison, start to end.
 *
 * <ol>
 *   <li>Remove what an earlier comparison of this node has left, since it was killed.
 *   <li>Warm up: every row once, with fewer messages, not measured.
 *   <li>Measure throughput, row after row and that in turn, so that a machine that drifts hits all
 *       alike.
 *   <li>Measure latency at the stated load, row after row.
 * </ol>
 *
 * <p>However it ends, it leaves no queue and no table that can be removed.
 */
final class ComparisonRun implements Runnable {

  private static final Logger LOG = Logger.getLogger(ComparisonRun.class);

  private static final int PART_TO_WARM_UP = 2;

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
    Row of(Trial trial, Row row) throws Exception;
  }

  private final String node;
  private final Trial.Tools tools;
  private final Preparation preparation;
  private final Listener listener;
  private final Clock clock;
  private Comparison comparison;
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
      end(asked == null ? Status.FAILED : asked, asked == null ? Causes.readable(e) : null);
    }
  }

  private void measureAll() throws Exception {
    preparation.await();
    tools.premises().removeAllOf(node);
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
      Row row = comparison.rows().get(i);
      String step = "%s: %s, batch %d".formatted(part, WireName.of(row.candidate()), row.batch());
      comparison = comparison.at(trials, step);
      listener.step(comparison);
      trials++;
      try (Trial trial = new Trial(tools, comparison, row, trials)) {
        comparison = comparison.with(i, measurement.of(trial, row)).at(trials, step);
      }
      listener.result(comparison);
    }
  }

  private void tidyUp() {
    try {
      tools.premises().removeAllOf(node);
    } catch (Exception e) {
      LOG.warnf(
          "comparison not tidied up comparison=%s: %s; the next one removes its queues and tables",
          comparison.id(), Causes.readable(e));
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

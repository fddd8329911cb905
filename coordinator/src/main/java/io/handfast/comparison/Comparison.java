package io.handfast.comparison;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable state of a comparison: its request, its progress and its results.
 *
 * @param endedAt null while it runs, and where the process ended first
 * @param done steps that are over
 * @param step what is being done, or was last
 * @param error why it failed, or null
 */
public record Comparison(
    String id,
    Status status,
    ComparisonRequest request,
    Instant startedAt,
    @Nullable Instant endedAt,
    int done,
    String step,
    List<ComparisonRow> rows,
    @Nullable String error) {

  /** How a comparison stands; all but the first are final. */
  public enum Status {
    RUNNING,
    COMPLETED,
    FAILED,
    CANCELLED,
    /** The process ended before it. */
    INTERRUPTED
  }

  /** A comparison that begins, with a row for every candidate and batch. */
  static Comparison begun(String id, ComparisonRequest request, Instant now) {
    List<ComparisonRow> rows = new ArrayList<>();
    for (int batch : request.batches()) {
      for (ComparedProtocol candidate : request.candidates()) {
        rows.add(new ComparisonRow(candidate, batch));
      }
    }
    return new Comparison(
        id, Status.RUNNING, request, now, null, 0, "preparing", List.copyOf(rows), null);
  }

  /** All steps: each row warms up, is measured in every round, and in its latency. */
  public int steps() {
    return rows.size() * (request.rounds() + 2);
  }

  Comparison at(int stepsDone, String nextStep) {
    return new Comparison(
        id, status, request, startedAt, endedAt, stepsDone, nextStep, rows, error);
  }

  Comparison with(int index, ComparisonRow row) {
    List<ComparisonRow> changed = new ArrayList<>(rows);
    changed.set(index, row);
    return new Comparison(
        id, status, request, startedAt, endedAt, done, step, List.copyOf(changed), error);
  }

  Comparison ended(Status how, @Nullable Instant when, @Nullable String why) {
    return new Comparison(id, how, request, startedAt, when, done, step, rows, why);
  }

  public boolean isRunning() {
    return status == Status.RUNNING;
  }
}

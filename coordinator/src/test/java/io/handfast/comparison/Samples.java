package io.handfast.comparison;

import io.handfast.comparison.Comparison.Status;
import java.time.Instant;
import java.util.List;

/** Comparisons as they could be. */
final class Samples {

  static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
  static final Instant END = Instant.parse("2026-11-23T10:01:00Z");

  private Samples() {}

  static Comparison begun() {
    ComparisonRequest request =
        new ComparisonRequest(
            500,
            256,
            4,
            List.of(100),
            List.of(ComparedProtocol.AT_MOST_ONCE, ComparedProtocol.TWO_PHASE_COMMIT),
            3,
            200,
            "default");
    return Comparison.begun("n1.abc", request, START);
  }

  /** The first row is measured and the second is not. */
  static Comparison measured() {
    Comparison begun = begun();
    ComparisonRow row =
        begun
            .rows()
            .get(0)
            .with(new Round(1000, 0.25, new Audit(3, 0)))
            .with(new Round(3001, 0.5, Audit.CLEAN))
            .with(new Round(2000.5, 0.75, Audit.CLEAN))
            .with(new Latency(450, 2.5, 9.25, 12, 14, Audit.CLEAN));
    return begun.with(0, row).at(9, "latency").ended(Status.COMPLETED, END, null);
  }
}

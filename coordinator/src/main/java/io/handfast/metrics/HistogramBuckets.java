package io.handfast.metrics;

import java.time.Duration;
import java.util.stream.LongStream;

/** The bucket bounds of latency histograms: about three for each power of ten. */
final class HistogramBuckets {

  /** For what waits for a disk. */
  static final Duration[] MICROSECONDS_TO_SECONDS =
      micros(100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 200_000, 1_000_000, 5_000_000);

  /** For what waits for others. */
  static final Duration[] MILLISECONDS_TO_MINUTES =
      micros(
          1_000,
          2_000,
          5_000,
          10_000,
          20_000,
          50_000,
          100_000,
          200_000,
          500_000,
          1_000_000,
          5_000_000,
          30_000_000,
          120_000_000);

  private HistogramBuckets() {}

  private static Duration[] micros(long... bounds) {
    return LongStream.of(bounds)
        .mapToObj(bound -> Duration.ofNanos(bound * 1_000))
        .toArray(Duration[]::new);
  }
}

package io.handfast.comparison;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Percentiles of the time from sending a message to its known commit, at a stated load, in
 * milliseconds.
 *
 * @param messages how many were measured
 */
record Latency(long messages, double p50, double p99, double p999, double max, Audit audit) {

  private static final double NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  static Latency of(Histogram nanos, Audit audit) {
    return new Latency(
        nanos.getTotalCount(),
        nanos.getValueAtPercentile(50) / NANOS,
        nanos.getValueAtPercentile(99) / NANOS,
        nanos.getValueAtPercentile(99.9) / NANOS,
        nanos.getMaxValue() / NANOS,
        audit);
  }
}

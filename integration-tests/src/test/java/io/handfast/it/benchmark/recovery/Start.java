package io.handfast.it.benchmark.recovery;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * One start that was measured, in milliseconds from the creation of the process.
 *
 * @param prepared branches of earlier starts that were seen prepared from the kill on
 * @param ready until it first said that it was ready
 * @param clear until nothing of an earlier start was prepared anywhere; 0 where nothing was
 */
record Start(int prepared, long ready, long clear) {
  /** How much later than ready; negative where it was before. */
  long afterReady() {
    return clear - ready;
  }

  /** Median, least and most. */
  static String spread(List<Start> starts, ToLongFunction<Start> value) {
    long[] sorted = starts.stream().mapToLong(value).sorted().toArray();
    if (sorted.length == 0) {
      return "–";
    }
    return "%d (%d … %d)".formatted(median(sorted), sorted[0], sorted[sorted.length - 1]);
  }

  static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}

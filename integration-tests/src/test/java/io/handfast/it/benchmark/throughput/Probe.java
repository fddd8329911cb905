package io.handfast.it.benchmark.throughput;

import java.util.Arrays;

/** A step of one of the servers, timed alone. */
@FunctionalInterface
interface Probe {
  int TIMES = 21;
  double MILLI = 1e6;

  void run() throws Exception;

  static double medianMillis(Probe step) {
    try {
      long[] nanos = new long[TIMES];
      for (int i = 0; i < TIMES; i++) {
        long begin = System.nanoTime();
        step.run();
        nanos[i] = System.nanoTime() - begin;
      }
      Arrays.sort(nanos);
      return nanos[TIMES / 2] / MILLI;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

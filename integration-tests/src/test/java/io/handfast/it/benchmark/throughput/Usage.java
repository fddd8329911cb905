package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.ProcessTree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Watches what processor time the processes take, twice a second, until it is closed. */
final class Usage implements AutoCloseable {
  private static final long EVERY_MILLIS = 500;

  private final List<ProcessTree> processes;
  private final List<Sample> samples = new ArrayList<>();
  private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();

  /** Processor seconds so far at a time: of each process, then of the whole machine. */
  private record Sample(long at, double[] seconds) {}

  Usage(List<ProcessTree> processes) {
    this.processes = List.copyOf(processes);
    watch.scheduleAtFixedRate(this::sample, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private synchronized void sample() {
    try {
      double[] seconds = new double[processes.size() + 1];
      for (int i = 0; i < processes.size(); i++) {
        seconds[i] = processes.get(i).cpuSeconds();
      }
      seconds[processes.size()] = ProcessTree.busySecondsOfTheMachine();
      samples.add(new Sample(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), seconds));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What each process took in the window, and last the whole machine. */
  synchronized double[] in(Timeline.Window window) {
    double[] used = new double[processes.size() + 1];
    for (int i = 0; i < used.length; i++) {
      used[i] = at(window.end(), i) - at(window.begin(), i);
    }
    return used;
  }

  private double at(long moment, int which) {
    Sample before = samples.get(0);
    for (Sample sample : samples) {
      if (sample.at() >= moment) {
        double part =
            sample.at() == before.at()
                ? 0
                : (double) (moment - before.at()) / (sample.at() - before.at());
        return before.seconds()[which]
            + Math.max(0, part) * (sample.seconds()[which] - before.seconds()[which]);
      }
      before = sample;
    }
    return before.seconds()[which];
  }

  @Override
  public void close() throws InterruptedException {
    watch.shutdown();
    watch.awaitTermination(10, TimeUnit.SECONDS);
    sample();
  }
}

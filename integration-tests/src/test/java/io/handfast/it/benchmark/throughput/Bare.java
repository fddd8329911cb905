package io.handfast.it.benchmark.throughput;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One half of the work alone, by some threads of the tests' own process: what it costs at least.
 */
abstract class Bare implements Contestant {
  static final int THREADS = 4;
  static final int BATCH = 100;

  private final String name;
  private final List<Future<?>> running = new ArrayList<>();
  private ExecutorService threads;
  private volatile boolean isStopping;

  Bare(String name) {
    this.name = name;
  }

  /** What each thread does, with connections of its own, until it is to stop. */
  abstract void work(Place place, int thread) throws Exception;

  final boolean isToStop() {
    return isStopping;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Map<String, String> settings() {
    return Map.of("threads", Integer.toString(THREADS), "batch", Integer.toString(BATCH));
  }

  @Override
  public void start(Place place) {
    isStopping = false;
    running.clear();
    threads = Executors.newFixedThreadPool(THREADS);
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      running.add(
          threads.submit(
              () -> {
                work(place, thread);
                return null;
              }));
    }
  }

  @Override
  public final void stop() throws Exception {
    isStopping = true;
    threads.shutdown();
    for (Future<?> thread : running) {
      thread.get(1, TimeUnit.MINUTES);
    }
  }

  @Override
  public final long pid() {
    return ProcessHandle.current().pid();
  }

  @Override
  public final boolean isAudited() {
    return false;
  }
}

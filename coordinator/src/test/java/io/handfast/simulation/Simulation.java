package io.handfast.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives the turn to one thread at a time, and lets time pass where none can run. The seed makes
 * every choice.
 *
 * <p>The thread that has the turn chooses the thread that has it next, so that the simulation has
 * no thread of its own, and a turn that stays costs nothing.
 */
final class Simulation {

  private static final long LONGEST_REAL_SECONDS = 60;
  private static final int MOST_POINTS = 300_000;
  private static final int PERCENT = 100;
  private static final long LONGEST_STEP_NANOS = 300_000;

  private final Random random;
  private final boolean isTraced;
  private final List<SimulatedThread> threads = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final int switchPercent;
  private @Nullable Throwable failure;
  private long nanos = 1;
  private int points;

  /** One whose seed also says how often the turn moves. */
  static Simulation of(long seed, boolean isTraced) {
    Random random = new Random(seed);
    return new Simulation(random, 5 + random.nextInt(60), isTraced);
  }

  Simulation(Random random, int switchPercent, boolean isTraced) {
    this.random = random;
    this.switchPercent = switchPercent;
    this.isTraced = isTraced;
  }

  /** Plays until every thread has ended; what failed first is thrown. */
  void play(SimulatedProcess process, Runnable first) throws Throwable {
    SimulatedThread thread = thread(process, "play", first);
    thread.start();
    thread.giveTurn();
    if (!over.await(LONGEST_REAL_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("a thread keeps the turn: " + stacks());
    }
    if (failure != null) {
      throw failure;
    }
  }

  SimulatedThread thread(SimulatedProcess process, String name, Runnable task) {
    return new SimulatedThread(process, name, task);
  }

  void started(SimulatedThread thread) {
    threads.add(thread);
  }

  void ended(SimulatedThread thread) {
    threads.remove(thread);
    thread.loseTurn();
    if (threads.isEmpty()) {
      over.countDown();
    } else {
      choose().giveTurn();
    }
  }

  /** A point where the turn may move, and time passes. */
  void point(String what) {
    SimulatedThread me = SimulatedThread.me();
    note(what);
    nanos += 1 + random.nextInt((int) LONGEST_STEP_NANOS);
    if (++points > MOST_POINTS) {
      failed(new AssertionError("the schedule does not end"));
    }
    if (threads.size() > 1 && random.nextInt(PERCENT) < switchPercent) {
      yieldTurn(me);
    }
    me.process().requireAlive();
  }

  /** Writes a line of the trace. */
  void note(String what) {
    if (isTraced) {
      SimulatedThread me = SimulatedThread.me();
      trace.add("%9.3f %s/%s %s".formatted(nanos / 1e6, me.process().name(), me.getName(), what));
    }
  }

  void yieldTurn(SimulatedThread me) {
    SimulatedThread next = choose();
    if (next != me) {
      me.loseTurn();
      next.giveTurn();
      me.awaitTurn();
    }
  }

  private SimulatedThread choose() {
    List<SimulatedThread> able = able();
    while (able.isEmpty()) {
      long now = nanos;
      nanos = threads.stream().mapToLong(thread -> thread.wakes(now)).min().orElse(Long.MAX_VALUE);
      if (nanos == Long.MAX_VALUE) {
        AssertionError stuck = new AssertionError("no thread can go on: " + states());
        nanos = 1;
        failed(stuck);
      }
      able = able();
    }
    return able.get(able.size() == 1 ? 0 : random.nextInt(able.size()));
  }

  private List<SimulatedThread> able() {
    List<SimulatedThread> able = new ArrayList<>(threads.size());
    for (SimulatedThread thread : threads) {
      if (thread.canRun(nanos)) {
        able.add(thread);
      }
    }
    return able;
  }

  /** Something is wrong: every process is ended, and the first failure is thrown by the test. */
  void failed(Throwable what) {
    if (failure == null) {
      failure = what;
    }
    threads.forEach(thread -> thread.process().end());
  }

  Random random() {
    return random;
  }

  long nanos() {
    return nanos;
  }

  List<String> trace() {
    return trace;
  }

  private String states() {
    return threads.stream().map(thread -> thread.state(nanos)).collect(Collectors.joining(", "));
  }

  private String stacks() {
    StringBuilder stacks = new StringBuilder();
    for (SimulatedThread thread : List.copyOf(threads)) {
      stacks.append('\n').append(thread.getName()).append(thread.hasTurn() ? " has the turn" : "");
      for (StackTraceElement frame : thread.stack()) {
        stacks.append("\n    ").append(frame);
      }
    }
    return stacks.toString();
  }
}

package io.handfast.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Faults that a seed decides: how many, how often and of which kind. */
final class SeededFaults implements Faults {

  private static final Fault[] OF_CALLS = {
    Fault.LOST,
    Fault.UNANSWERED,
    Fault.LATE,
    Fault.CRASH_BEFORE,
    Fault.CRASH_BEFORE,
    Fault.CRASH_AFTER,
    Fault.CRASH_AFTER,
    Fault.CRASH_LATE,
    Fault.SUSPENDED,
    Fault.SUSPENDED
  };

  /** Also that a consumer learns nothing of its commit before another has gone on after it. */
  private static final Fault[] OF_FORWARDS =
      Stream.concat(Stream.of(OF_CALLS), Stream.of(Fault.UNANSWERED_AND_SUSPENDED))
          .toArray(Fault[]::new);

  private static final int LATEST_SECONDS = 4;
  private static final int LONGEST_BROKEN_SECONDS = 10;
  private static final Duration LEAST_SUSPENSION = Duration.ofSeconds(15);
  private static final int FURTHER_SUSPENDED_SECONDS = 10;
  private static final int AIMED_ONE_IN = 4;
  private static final int ONE_IN_AIMED = 3;
  private static final String ANY = "";
  private static final int RATES = 6;
  private static final int MOST = 6;

  private final Simulation simulation;
  private final Random random;
  private final int oneIn;
  private final String aim;
  private final Fault[] kinds;
  private final Map<String, Long> awayUntil = new HashMap<>();
  private final Map<SimulatedProcess, Long> brokenUntil = new IdentityHashMap<>();
  private final Map<SimulatedProcess, Long> crashAt = new IdentityHashMap<>();
  private int left;
  private boolean hasExecuted;

  /**
   * Faults for a plan: of some seeds all of them are at one kind of step, which others seldom meet,
   * once a first statement was executed.
   */
  SeededFaults(Simulation simulation, Plan plan) {
    this.simulation = simulation;
    this.random = simulation.random();
    this.oneIn = 8 << random.nextInt(RATES);
    this.left = 1 + random.nextInt(MOST);
    this.kinds = plan.partitions() > 0 && plan.isForwarded() ? OF_FORWARDS : OF_CALLS;
    List<String> aims = plan.decidingSteps();
    int aimed = random.nextInt(AIMED_ONE_IN * aims.size());
    this.aim = aimed < aims.size() ? aims.get(aimed) : ANY;
  }

  @Override
  public void end() {
    left = 0;
    awayUntil.clear();
    brokenUntil.clear();
    crashAt.clear();
  }

  @Override
  public boolean areOver() {
    brokenUntil.values().removeIf(until -> until <= simulation.nanos());
    crashAt.keySet().removeIf(process -> !process.isAlive());
    return left == 0 && crashAt.isEmpty() && brokenUntil.isEmpty();
  }

  private boolean isDue(String step) {
    boolean isAimed = !aim.equals(ANY);
    if (left == 0
        || isAimed && !(hasExecuted && step.startsWith(aim))
        || random.nextInt(isAimed ? ONE_IN_AIMED : oneIn) > 0) {
      return false;
    }
    left--;
    return true;
  }

  @Override
  public Fault ofCall(SimulatedProcess caller, String participant, String call) {
    hasExecuted |= call.equals("execute");
    Long end = crashAt.get(caller);
    if (end != null && simulation.nanos() >= end) {
      return Fault.CRASH_BEFORE;
    }
    String way = caller.name() + " " + participant;
    Long until = awayUntil.get(way);
    if (until != null && simulation.nanos() < until) {
      return Fault.LOST;
    }
    if (!isDue(call)) {
      return Fault.NONE;
    }
    int kind = random.nextInt(kinds.length + 2);
    if (kind == kinds.length) {
      awayUntil.put(way, simulation.nanos() + seconds(20));
      simulation.note(participant + " is away");
      return Fault.LOST;
    }
    if (kind > kinds.length) {
      Duration by = Duration.ofSeconds(random.nextInt(240) - 120);
      caller.moveClock(by);
      simulation.note("the clock moves by " + by);
      return Fault.NONE;
    }
    return kinds[kind];
  }

  @Override
  public Fault ofDisk(SimulatedProcess writer, String step) {
    Long until = brokenUntil.get(writer);
    if (until != null && simulation.nanos() < until) {
      return Fault.LOST;
    }
    if (!isDue(step)) {
      return Fault.NONE;
    }
    switch (random.nextInt(4)) {
      case 0 -> {
        return Fault.LOST;
      }
      case 1 -> {
        simulation.note("the disk is broken");
        long span = seconds(LONGEST_BROKEN_SECONDS);
        brokenUntil.put(writer, simulation.nanos() + span);
        if (random.nextBoolean()) {
          crashAt.put(writer, simulation.nanos() + span / 2);
        }
        if (random.nextBoolean()) {
          String away = random.nextBoolean() ? "broker" : "database";
          awayUntil.put(writer.name() + " " + away, simulation.nanos() + span);
        }
        return Fault.LOST;
      }
      default -> {
        return Fault.CRASH_BEFORE;
      }
    }
  }

  @Override
  public boolean isLockTimedOut() {
    return isDue("lock");
  }

  private long seconds(int most) {
    return (long) (random.nextDouble() * most * 1e9);
  }

  @Override
  public Duration delay() {
    return Duration.ofNanos(seconds(LATEST_SECONDS));
  }

  @Override
  public Duration suspension() {
    return LEAST_SUSPENSION.plusNanos(seconds(FURTHER_SUSPENDED_SECONDS));
  }

  @Override
  public Power power() {
    return random.nextInt(3) > 0 ? Power.STAYS : random.nextBoolean() ? Power.RAGGED : Power.CUT;
  }
}

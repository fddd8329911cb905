package io.handfast.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Plays a range of seeds on all processors, one schedule each, until one fails. */
record Seeds(long first, long last, Safeguards safeguards) {

  /** What schedules are about: each has a range of seeds, of which a test plays the first ones. */
  enum Family {
    /** Queues of the broker. */
    QUEUES(0, 10_000, Plan::of),
    /** Messages come from a topic with partitions. */
    PARTITIONS(1_000_000_000, 8_000, Plan::ofPartitions),
    /** Such messages are also sent on to a queue. */
    FORWARDED(3_000_000_000L, 3_000, Plan::ofForwarded),
    /** They are read under idempotency, and their sender may repeat them. */
    REPEATS(4_000_000_000L, 1_500, Plan::ofRepeats),
    /** Messages come from a queue that leases them. */
    LEASES(5_000_000_000L, 1_500, Plan::ofLeases),
    /** Such messages are also sent on to a queue of the broker. */
    FORWARDED_LEASES(6_000_000_000L, 1_500, Plan::ofForwardedLeases),
    /** Clients ask for messages of such a queue. */
    PULLED(7_000_000_000L, 1_500, Plan::ofPulled);

    private final long begin;
    private final long schedules;
    private final Function<Random, Plan> plans;

    Family(long begin, long schedules, Function<Random, Plan> plans) {
      this.begin = begin;
      this.schedules = schedules;
      this.plans = plans;
    }

    long first() {
      return begin + 1;
    }

    long last() {
      return begin + schedules;
    }

    static Family of(long seed) {
      Family found = QUEUES;
      for (Family family : values()) {
        found = seed >= family.begin ? family : found;
      }
      return found;
    }

    Seeds seeds(Safeguards safeguards) {
      return new Seeds(first(), last(), safeguards);
    }
  }

  /** What a seed plays besides its faults. */
  static Plan planOf(long seed, Random random) {
    return Family.of(seed).plans.apply(random);
  }

  /** A seed whose schedule has ended as it must not. */
  record Failure(long seed, String plan, Throwable cause) {

    /** How to play it again, and what it did. */
    String text() {
      return """
          seed %d, %s: %s
          replay it, with its trace: ./mvnw -o -q -pl coordinator -am test \
          -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seeds=%d
          """
          .formatted(seed, plan, cause.getMessage(), seed);
    }
  }

  /** The failure of the lowest seed that was seen to fail; null where none was. */
  @Nullable Failure play() throws InterruptedException {
    AtomicLong next = new AtomicLong(first);
    AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
    List<Thread> players = new ArrayList<>();
    Logger log = Logger.getLogger("io.handfast");
    Level before = log.getLevel();
    log.setLevel(Level.OFF); // schedules are full of trouble, and a failing one has its trace
    try {
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        Thread player = new Thread(() -> play(next, failure), "player-" + i);
        player.start();
        players.add(player);
      }
      for (Thread player : players) {
        player.join();
      }
    } finally {
      log.setLevel(before);
    }
    return failure.get();
  }

  private void play(AtomicLong next, AtomicReference<@Nullable Failure> failure) {
    long seed = next.getAndIncrement();
    while (seed <= last && failure.get() == null) {
      Failure found = play(seed);
      if (found != null) {
        failure.accumulateAndGet(
            found, (one, other) -> one == null || other.seed() < one.seed() ? other : one);
      }
      seed = next.getAndIncrement();
    }
  }

  private @Nullable Failure play(long seed) {
    World world = World.of(seed, safeguards, false);
    try (world) {
      world.play();
      return null;
    } catch (Throwable e) { // whatever it is, it is this seed's
      return new Failure(seed, world.plan.toString(), e);
    }
  }

  /** What a seed does, step by step; its last line says how it ends. */
  static List<String> trace(long seed) {
    World world = World.of(seed, Safeguards.ALL, true);
    try (world) {
      world.play();
      return with(world.simulation.trace(), "as it should be");
    } catch (Throwable e) { // the trace is wanted most of all then
      return with(world.simulation.trace(), String.valueOf(e.getMessage()));
    }
  }

  private static List<String> with(List<String> trace, String end) {
    List<String> all = new ArrayList<>(trace);
    all.add(end);
    return all;
  }
}

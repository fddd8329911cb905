package io.handfast.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Plays a range of seeds on all processors, one schedule each, until one fails. */
record Seeds(long first, long last, Safeguards safeguards) {

  /** From here on messages come from a topic with partitions. */
  static final long OF_PARTITIONS = 1_000_000_000;

  /** From here on such messages are also sent on to a queue. */
  static final long OF_FORWARDED = 3_000_000_000L;

  /** From here on it is read under idempotency, and its sender may repeat messages. */
  static final long OF_REPEATS = 4_000_000_000L;

  /** From here on messages come from a queue that leases them. */
  static final long OF_LEASES = 5_000_000_000L;

  /** From here on such messages are also sent on to a queue of the broker. */
  static final long OF_FORWARDED_LEASES = 6_000_000_000L;

  /** From here on clients ask for messages of such a queue. */
  static final long OF_PULLED = 7_000_000_000L;

  private static final long SCHEDULES = 10_000;
  private static final long SCHEDULES_OF_PARTITIONS = 4_000;
  private static final long SCHEDULES_OF_FORWARDED = 3_000;

  /** The last seed that a test plays of those that begin here. */
  static long lastOf(long seed) {
    if (seed >= OF_PULLED) {
      return OF_PULLED + SCHEDULES_OF_FORWARDED;
    }
    if (seed < OF_PARTITIONS) {
      return SCHEDULES;
    }
    if (seed < OF_FORWARDED) {
      return OF_PARTITIONS + SCHEDULES_OF_PARTITIONS;
    }
    if (seed < OF_REPEATS) {
      return OF_FORWARDED + SCHEDULES_OF_FORWARDED;
    }
    if (seed < OF_LEASES) {
      return OF_REPEATS + SCHEDULES_OF_PARTITIONS;
    }
    return (seed < OF_FORWARDED_LEASES ? OF_LEASES : OF_FORWARDED_LEASES) + SCHEDULES_OF_PARTITIONS;
  }

  /** What a seed plays besides its faults. */
  static Plan planOf(long seed, Random random) {
    if (seed >= OF_PULLED) {
      return Plan.ofPulled(random);
    }
    if (seed >= OF_FORWARDED_LEASES) {
      return Plan.ofForwardedLeases(random);
    }
    if (seed >= OF_LEASES) {
      return Plan.ofLeases(random);
    }
    if (seed >= OF_REPEATS) {
      return Plan.ofRepeats(random);
    }
    if (seed >= OF_FORWARDED) {
      return Plan.ofForwarded(random);
    }
    return seed < OF_PARTITIONS ? Plan.of(random) : Plan.ofPartitions(random);
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

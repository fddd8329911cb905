package io.handfast.it.resilience.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Eventually;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Does one fault after the other without waiting for the end of the one before, so that they
 * overlap; from time to time it waits until every flow has gone on.
 */
final class Torturer {
  private static final int LONGEST_GAP_MILLIS = 2_000;
  private static final int FAULTS_UNTIL_CALM = 60;
  private static final int PATIENT_OF_TEN = 7;
  private static final Duration STUCK = Duration.ofMinutes(2);

  /** Sabotaged, a flow may stand still; the others need quiet more often to have work at all. */
  private static final int SABOTAGED_FAULTS_UNTIL_CALM = 15;

  private static final Duration CALM_OF_THE_SABOTAGED = Duration.ofSeconds(20);

  private final Arena arena;
  private final Random random;
  private final Timeline timeline;
  private final boolean mayGetStuck;
  private final Set<String> taken = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final ExecutorService hands = Executors.newCachedThreadPool();

  /**
   * Begins with nothing done.
   *
   * @param mayGetStuck whether a flow may stand still although nothing is broken
   */
  Torturer(Arena arena, Random random, Timeline timeline, boolean mayGetStuck) {
    this.arena = arena;
    this.random = random;
    this.timeline = timeline;
    this.mayGetStuck = mayGetStuck;
  }

  /** Goes on for a time, or until so many processes were killed if that comes first. */
  void torture(Duration duration, int kills) throws Exception {
    Map<Flow, Long> before = arena.rows();
    int faultsUntilCalm = mayGetStuck ? SABOTAGED_FAULTS_UNTIL_CALM : FAULTS_UNTIL_CALM;
    int begun = 0;
    while (timeline.now().compareTo(duration) < 0 && timeline.kills() < kills) {
      Thread.sleep(random.nextInt(LONGEST_GAP_MILLIS));
      begin();
      if (++begun % faultsUntilCalm == 0) {
        awaitWhole();
        before = mayGetStuck ? hopeForMoreThan(before) : awaitMoreThan(before, STUCK);
        timeline.say("%d kills; rows %s".formatted(timeline.kills(), before));
      }
      failIfOneFailed();
    }
    awaitTheLast();
    failIfOneFailed();
  }

  /** Draws until it has a fault whose part is free. */
  private void begin() {
    boolean isBegun = false;
    while (!isBegun) {
      Fault fault = Fault.draw(random);
      List<Node> nodes = arena.nodes().stream().filter(fault::canHit).toList();
      if (nodes.isEmpty()) {
        continue;
      }
      Node node = nodes.get(random.nextInt(nodes.size()));
      int millis = fault.drawLength(random);
      boolean isPatient = random.nextInt(10) < PATIENT_OF_TEN;
      String part = fault.part(node);
      if (taken.add(part)) {
        hands.execute(() -> inflict(fault, node, part, millis, isPatient));
        isBegun = true;
      }
    }
  }

  private void inflict(Fault fault, Node node, String part, int millis, boolean isPatient) {
    Duration at = timeline.now();
    try {
      fault.inflict(arena, node, millis, isPatient);
      timeline.add(at, fault, part + ": " + fault.key());
    } catch (Throwable e) {
      failure.compareAndSet(null, new AssertionError(fault + " at " + Timeline.clock(at), e));
    } finally {
      taken.remove(part);
    }
  }

  private void failIfOneFailed() {
    arena.failIfAClientGaveUp();
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  /** Waits until every fault that was begun is over. */
  private void awaitWhole() {
    Eventually.within(STUCK, () -> assertThat(taken).as("disturbed").isEmpty());
  }

  private Map<Flow, Long> hopeForMoreThan(Map<Flow, Long> before) throws Exception {
    try {
      return awaitMoreThan(before, CALM_OF_THE_SABOTAGED);
    } catch (ConditionTimeoutException stuck) {
      return arena.rows();
    }
  }

  /** With no new fault: whoever stands still although nothing is broken is stuck. */
  private Map<Flow, Long> awaitMoreThan(Map<Flow, Long> before, Duration patience) {
    Map<Flow, Long> now = new EnumMap<>(Flow.class);
    Eventually.within(
        patience,
        () -> {
          now.putAll(arena.rows());
          for (Flow flow : Flow.values()) {
            assertThat(now.get(flow)).as("rows of %s", flow).isGreaterThan(before.get(flow));
          }
        });
    return now;
  }

  private void awaitTheLast() {
    awaitWhole();
    hands.shutdown();
    arena.brokers().start();
    arena.nodes().forEach(Node::awaitReady);
  }
}

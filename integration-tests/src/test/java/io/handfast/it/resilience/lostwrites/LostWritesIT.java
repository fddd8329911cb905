package io.handfast.it.resilience.lostwrites;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Faults.LostWrite;
import io.handfast.it.harness.Machine;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import io.handfast.it.resilience.torture.TorturePage;
import io.handfast.it.resilience.torture.TorturePage.Section;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Power failures that take what the decision log has not forced: every decision was forced before
 * the first commit, or a message would be lost or doubled.
 *
 * <p>{@code -Dlost-writes.kills=<number>} and {@code -Dlost-writes.seed=<number>} choose the run;
 * {@code -Dlost-writes.sabotage=force} takes the force of each decision out of the coordinator, and
 * the run fails.
 */
class LostWritesIT {
  private static final int KILLS = Integer.getInteger("lost-writes.kills", 3);
  private static final int MORE = 6; // where by chance all that was written was forced
  private static final long SEED = Long.getLong("lost-writes.seed", System.nanoTime());
  private static final Duration PATIENCE_WITH_SABOTAGE = Duration.ofMinutes(5);

  private static String found = "not played";
  private static String foundWithSabotage = "not played";

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void everyDecisionWasForcedBeforeTheFirstCommit() throws Exception {
    PowerCuts power =
        new PowerCuts(
            scene,
            Sabotage.IS_WANTED ? Sabotage.in(scene.directory()) : Tampering.NONE,
            new Random(SEED));
    while (power.cuts() < KILLS || (tookNothing(power) && power.cuts() < KILLS + MORE)) {
      power.cut();
      assertThat(power.brokenPromises())
          .as("broken promises after cut %d, seed %d", power.cuts(), SEED)
          .isEmpty();
    }

    found = finding(power);
    System.out.println("lost writes: " + found);
    assertThat(tookNothing(power)).as("no write was dropped, seed %d", SEED).isFalse();
  }

  /** Then nothing was proved yet. */
  private static boolean tookNothing(PowerCuts power) {
    return power.dropped().writesIn("log").isEmpty();
  }

  @Test
  @EnabledIfSystemProperty(named = "lost-writes.at-length", matches = "true")
  void withoutTheForceMessagesAreLostOrDoubled() throws Exception {
    PowerCuts power = new PowerCuts(scene, Sabotage.in(scene.directory()), new Random(SEED));
    Instant end = Instant.now().plus(PATIENCE_WITH_SABOTAGE);
    List<String> broken = List.of();
    while (broken.isEmpty() && Instant.now().isBefore(end)) {
      try {
        power.cut();
        broken = power.brokenPromises();
      } catch (AssertionError e) {
        broken = power.refusalToStart().orElseThrow(() -> e);
      }
    }

    assertThat(broken)
        .as("broken promises after %d cuts, seed %d", power.cuts(), SEED)
        .isNotEmpty();
    foundWithSabotage =
        "after %d cuts of seed %d: %s"
            .formatted(
                power.cuts(), SEED, broken.stream().limit(3).collect(Collectors.joining("; ")));
    System.out.println("lost writes, sabotaged: " + foundWithSabotage);
  }

  /** Also where it is not injected. */
  @Test
  void theSabotageBindsToTheRunner() {
    assertThat(Sabotage.in(scene.directory()).javaOptions()).isNotEmpty();
  }

  private static String finding(PowerCuts power) throws Exception {
    List<LostWrite> dropped = power.dropped().writesIn("log");
    return "%,d messages, %,d decisions, %d kills; %,d writes of %,d bytes of the log and %,d names dropped; lost 0, duplicated 0 (seed %d)"
        .formatted(
            power.sent(),
            power.decisions(),
            power.cuts(),
            dropped.size(),
            dropped.stream().mapToLong(LostWrite::bytes).sum(),
            power.dropped().names(),
            SEED);
  }

  @AfterAll
  static void writePage() throws Exception {
    TorturePage.put(
        Section.LOST_WRITES,
        """
        ## Lost writes

        A coordinator (two-phase commit, eight consumers, two messages per unit) is killed with `kill -9`, and the power
        fails with it: a library below the process (`integration-tests/src/test/c/faults.c`) records how to undo each write,
        new file and rename in the node's data directory until the file, or its directory, is forced. After the kill what
        was not forced is undone: every other time all of it, otherwise all except a random first part, with the write in
        between torn. Until then each force takes 5 to 24 ms longer. One kill in three comes at a random moment under
        load, one between the two commits of a unit, one while the node starts again after a kill. After each the node
        starts and settles: every message is one row, nothing is prepared, nothing is in doubt.

        - %s.
        - The same with the force of each decision removed by a Byteman rule, which the test must find: %s.

        `./mvnw -B verify -Ptorture -Dit.test=LostWritesIT`; a seed is repeated with `-Dlost-writes.seed`, the sabotage
        alone with `-Dlost-writes.sabotage=force`. %s.
        """
            .formatted(found, foundWithSabotage, Machine.description()));
  }
}

package io.handfast.it.resilience.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The torture finds what it is there to find: with a safeguard removed it reports the harm. */
class SabotageIT {
  private static final long SEED = Long.getLong("torture.seed", System.nanoTime());
  private static final Duration DURATION = Duration.ofMinutes(3);

  /** So many that there is always a unit of work to interrupt. */
  private static final int MESSAGES_PER_SECOND = 400;

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final List<String> FOUND = new ArrayList<>();

  @RegisterExtension final Scene scene = new Scene();

  @ParameterizedTest
  @EnumSource
  void bindsToTheRunner(Sabotage sabotage) throws Exception {
    assertThat(sabotage.tampering().javaOptions()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  @EnabledIfSystemProperty(named = "torture.page", matches = ".+")
  void isReported(Sabotage sabotage) throws Exception {
    TortureRun run =
        new TortureRun(scene, SEED, MESSAGES_PER_SECOND, PATIENCE).sabotaged(sabotage.tampering());

    TortureRun.Result result = run.play(DURATION, Integer.MAX_VALUE);

    FOUND.add(
        "- without %s, seed %d, %d kills in %s: %s"
            .formatted(
                sabotage.name().toLowerCase(),
                SEED,
                result.timeline().kills(),
                Timeline.clock(result.length()),
                String.join("; ", result.brokenPromises())));
    assertThat(scene.logs()).as("each coordinator").allMatch(it -> it.contains(sabotage.mark()));
    assertThat(result.audits()).as("seed %d", SEED).allMatch(audit -> audit.rows() > 0);
    assertThat(broken(result, sabotage::harms)).as("seed %d", SEED).isNotEmpty();
    assertThat(broken(result, flow -> !sabotage.harms(flow))).as("seed %d", SEED).isEmpty();
  }

  private static List<String> broken(TortureRun.Result result, Predicate<Flow> which) {
    return result.audits().stream()
        .filter(audit -> which.test(audit.flow()))
        .flatMap(audit -> audit.brokenPromises().stream())
        .toList();
  }

  @AfterAll
  static void report() throws Exception {
    if (FOUND.isEmpty()) {
      return;
    }
    TorturePage.put(
        TorturePage.Section.SABOTAGE,
        """
        ## With a safeguard removed

        The same run with one safeguard at a time removed from both coordinators from outside must report losses or duplicates;
        otherwise it would prove nothing. (Without the decision's force: see lost writes.)

        %s
        """
            .formatted(String.join("\n", FOUND)));
  }
}

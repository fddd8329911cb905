package io.handfast.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.handfast.simulation.Seeds.Failure;
import io.handfast.simulation.Seeds.Family;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Every message is in exactly one place, whatever goes wrong where: 10,000 schedules of it.
 *
 * <p>{@code -Dsimulation.seeds=4711} plays one and prints its trace; {@code
 * -Dsimulation.seeds=1..1000000} plays a range, and {@code -Dsimulation.page} names the file that
 * takes the result.
 */
class SimulationTest {

  private static final String SEEDS =
      System.getProperty("simulation.seeds", "1.." + Family.QUEUES.last());
  private static final String PAGE = System.getProperty("simulation.page");
  private static final String TO = "..";

  @Test
  void noScheduleLosesOrDoublesAMessage() throws Exception {
    int to = SEEDS.indexOf(TO);
    if (to < 0) {
      Seeds.trace(Long.parseLong(SEEDS)).forEach(System.out::println);
    }
    long first = Long.parseLong(to < 0 ? SEEDS : SEEDS.substring(0, to));
    long last = to < 0 ? first : Long.parseLong(SEEDS.substring(to + TO.length()));
    long begun = System.nanoTime();

    Failure failure = new Seeds(first, last, Safeguards.ALL).play();

    if (PAGE != null) {
      Duration time = Duration.ofNanos(System.nanoTime() - begun);
      new ResultPage(Path.of(PAGE)).add(first, last, failure, time);
    }
    if (failure != null) {
      throw new AssertionError(failure.text(), failure.cause());
    }
  }

  @ParameterizedTest
  @EnumSource(value = Family.class, names = "QUEUES", mode = Mode.EXCLUDE)
  void noScheduleOfOtherSourcesLosesOrDoublesAMessage(Family family) throws Exception {
    Failure failure = family.seeds(Safeguards.ALL).play();

    if (failure != null) {
      throw new AssertionError(failure.text(), failure.cause());
    }
  }

  @ParameterizedTest
  @EnumSource(Removed.class)
  void withoutASafeguardAScheduleFails(Removed removed) throws Exception {
    Failure failure = new Seeds(removed.seed(), removed.last(), removed.rest()).play();

    if (failure == null && removed.seed() > 1 && Family.of(removed.seed()) == Family.QUEUES) {
      failure = new Seeds(1, removed.seed() - 1, removed.rest()).play();
    }
    if (failure == null) {
      fail("it was not missed");
    }
    System.out.printf("without %s: seed %d, %s%n", removed, failure.seed(), firstLine(failure));
  }

  @Test
  void aSeedReplaysToTheSameTrace() {
    for (long seed = 1; seed <= 20; seed++) {
      assertThat(Seeds.trace(seed)).isEqualTo(Seeds.trace(seed));
    }
  }

  private static String firstLine(Failure failure) {
    return String.valueOf(failure.cause().getMessage()).lines().findFirst().orElse("");
  }

  @Test
  void aPageSumsRangesUp(@TempDir Path directory) throws Exception {
    ResultPage page = new ResultPage(directory.resolve("page.md"));
    page.add(1, 1_000, null, Duration.ofMinutes(1));
    page.add(1_001, 3_000, null, Duration.ofMinutes(2));
    page.add(1, 1_000, null, Duration.ofMinutes(3));

    assertThat(page.file())
        .content()
        .contains(": 3,000 schedules.", "None of them lost", "| 1,001 to 3,000 | ", " | 3 min on ")
        .doesNotContain(" | 1 min on ");
  }
}

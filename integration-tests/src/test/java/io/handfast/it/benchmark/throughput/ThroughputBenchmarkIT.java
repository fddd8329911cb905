package io.handfast.it.benchmark.throughput;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Scene;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Throughput, latency and memory of Handfast, beside what it costs at least and what others need.
 *
 * <p>Played by {@code mvn verify -Pthroughput} alone, which writes {@code
 * docs/benchmarks/throughput.md} and {@code kafka.md} beside it; {@code -Dthroughput.sections=}
 * plays those sections only whose names match, and the page keeps what was found about the others
 * before.
 */
@EnabledIfSystemProperty(named = "throughput.page", matches = ".+")
class ThroughputBenchmarkIT {
  private static final String WANTED = System.getProperty("throughput.sections", ".*");
  private static final Path PAGE = Path.of(System.getProperty("throughput.page", "throughput.md"));

  @RegisterExtension final Scene scene = new Scene();
  private Sections sections;

  @TestFactory
  Stream<DynamicTest> everyGuaranteeIsKeptWhileItIsMeasured() {
    sections = scene.closing(new Sections(scene));
    return Arrays.stream(Section.values())
        .filter(section -> section.key().matches(WANTED))
        .map(section -> DynamicTest.dynamicTest(section.key(), () -> play(section)));
  }

  private void play(Section section) throws Exception {
    Findings findings = sections.play(section);
    findings.store();
    ThroughputPage.with(section, PAGE).write();
    findings.rows().forEach(ThroughputBenchmarkIT::assertGuaranteed);
  }

  private static void assertGuaranteed(Row row) {
    if (row.has(Figure.LOST) && !row.series().equals(Handfast.AT_MOST_ONCE)) {
      assertThat(row.values(Figure.LOST)).as("lost by %s", row.series()).containsOnly(0.0);
    }
    if (row.has(Figure.DUPLICATED) && isNeverDoubled(row)) {
      assertThat(row.values(Figure.DUPLICATED))
          .as("duplicated by %s", row.series())
          .containsOnly(0.0);
    }
  }

  private static boolean isNeverDoubled(Row row) {
    return row.series().startsWith("exactly-once") || row.series().equals(Handfast.AT_MOST_ONCE);
  }
}

package io.handfast.it.resilience.crashpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Scene;
import io.handfast.it.resilience.torture.TorturePage;
import io.handfast.it.resilience.torture.TorturePage.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every point at which two-phase commit can be interrupted, with everything that can go wrong
 * there.
 *
 * <p>{@code mvn verify} plays a sample; {@code mvn verify -Ptorture} plays all of it, or with
 * {@code -Dcrash-points.cells=<regular expression>} some of it.
 */
class CrashPointsIT {
  private static final Pattern CELLS =
      Pattern.compile(System.getProperty("crash-points.cells", ""));

  private static final List<Finding> FINDINGS = new ArrayList<>();

  @RegisterExtension final Scene scene = new Scene();

  static List<Cell> cells() {
    return Cell.all().stream().filter(cell -> CELLS.matcher(cell.toString()).matches()).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cells")
  void endsAsTheProtocolSays(Cell cell) throws Exception {
    Finding finding = play(cell);
    System.out.println(cell + ": " + finding);
    FINDINGS.add(finding);
    dropDatabaseInTheEnd();
  }

  /** A server that was killed looks at every file of every database when it starts. */
  private void dropDatabaseInTheEnd() {
    scene.closing(() -> scene.postgres().dropDatabase(scene.unique()));
  }

  /** Also of the cells that are not played here. */
  @Test
  void everyRuleBindsToTheRunner() throws Exception {
    List<String> rules =
        Stream.of(Point.values())
            .flatMap(point -> Stream.of(Order.values()).flatMap(it -> point.rules(it).stream()))
            .distinct()
            .toList();
    assertThat(new Trap(scene.directory(), rules).tampering().javaOptions()).isNotEmpty();
  }

  private Finding play(Cell cell) throws Exception {
    return switch (cell.point()) {
      case VOTE_READ_ONLY -> new ReadOnlyRun(scene, cell).play();
      case TWO_NODES -> new TwoNodesRun(scene, cell).play();
      case BEGIN_REPEATED,
          RECEIVE_REPEATED,
          STATEMENTS_REPEATED,
          COMMIT_REPEATED,
          ROLLBACK_REPEATED ->
          new LostAnswerRun(scene, cell).play();
      default -> new CellRun(scene, cell).play();
    };
  }

  @AfterAll
  static void writeReport() throws IOException {
    TorturePage.put(Section.CRASH_POINTS, new Report(FINDINGS).markdown());
  }
}

package io.handfast.it.resilience.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every guarantee, push and pull, alone and competing, undisturbed and under {@code kill -9}: what
 * each promises, and that the weak ones do the harm that they allow.
 *
 * <p>{@code mvn verify} plays a sample; {@code mvn verify -Pguarantees} plays all of it, or with
 * {@code -Dguarantees.cells=<regular expression>} some of it.
 */
class GuaranteeMatrixIT {
  private static final int MESSAGES = Integer.getInteger("guarantees.messages", 300);
  private static final int KILLS = Integer.getInteger("guarantees.kills", 2);
  private static final long SEED = Long.getLong("guarantees.seed", System.nanoTime());
  private static final Pattern CELLS = Pattern.compile(System.getProperty("guarantees.cells", ""));

  /** How long the messages would take without any kill, so that there is a middle to kill in. */
  private static final Duration WORK = Duration.ofSeconds(2L * KILLS);

  /** After so many kills one of them has hit a unit between its two commits. */
  private static final int KILLS_THAT_HARM = 5;

  private static final List<Finding> FINDINGS = new ArrayList<>();

  @RegisterExtension final Scene scene = new Scene();

  static List<Cell> cells() {
    return Cell.all().stream().filter(cell -> CELLS.matcher(cell.toString()).matches()).toList();
  }

  @BeforeAll
  static void printHeading() throws IOException {
    Files.deleteIfExists(report());
    print("seed " + SEED + " (repeat with -Dguarantees.seed)");
    print(Finding.heading());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cells")
  void keepsItsPromise(Cell cell) throws Exception {
    Random random = new Random(SEED + cell.toString().hashCode());

    Finding finding = new CellRun(scene, cell, MESSAGES, random).play(KILLS, WORK);

    FINDINGS.add(finding);
    print(finding.toString());
    if (cell.losesNothing()) {
      assertThat(finding.lost()).as("lost").isZero();
    }
    if (cell.doublesNothing()) {
      assertThat(finding.duplicated()).as("duplicated").isZero();
    }
    assertThat(finding.inbox()).as("ids left in the inbox").isLessThan(Math.max(20, MESSAGES / 10));
  }

  /** What a few kills do is chance: the sample of {@code mvn verify} may do no harm. */
  @AfterAll
  static void weakGuaranteesDoTheHarmThatTheyAllow() {
    List<Finding> mayLose = killed(cell -> cell.mode().equals(Cell.AT_MOST_ONCE));
    if (killsIn(mayLose) >= KILLS_THAT_HARM) {
      assertThat(mayLose.stream().mapToLong(Finding::lost).sum()).as("lost in all").isPositive();
    }
    List<Finding> mayDouble = killed(cell -> !cell.doublesNothing() && !cell.isPull());
    if (killsIn(mayDouble) >= KILLS_THAT_HARM) {
      assertThat(mayDouble.stream().mapToLong(Finding::duplicated).sum())
          .as("duplicated in all")
          .isPositive();
    }
  }

  private static int killsIn(List<Finding> findings) {
    return findings.stream().mapToInt(Finding::kills).sum();
  }

  private static List<Finding> killed(Predicate<Cell> which) {
    return FINDINGS.stream()
        .filter(finding -> finding.cell().isKilled() && which.test(finding.cell()))
        .toList();
  }

  private static void print(String line) throws IOException {
    System.out.println(line);
    List<String> lines = Files.exists(report()) ? Files.readAllLines(report()) : new ArrayList<>();
    lines.add(line);
    Files.write(report(), lines);
  }

  private static Path report() {
    return Path.of(System.getProperty("it.directory", "target"), "guarantees.txt");
  }
}

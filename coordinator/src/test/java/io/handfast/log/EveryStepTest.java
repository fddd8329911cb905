package io.handfast.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.log.SteppedDisk.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A log that is opened, written, renewed, closed and opened again, with a fault at its n-th change
 * of a file or a directory.
 *
 * <p>The build takes a sample of all n; {@code -Dhandfast.every-step=true} takes every one.
 */
class EveryStepTest {

  private static final int STRIDE = Boolean.getBoolean("handfast.every-step") ? 1 : 23;

  private static final int NEVER = Integer.MAX_VALUE;

  /** So many that four generations are begun and two closed in order. */
  private static final int FEWEST_STEPS = 300;

  private static final Logger LOG = Logger.getLogger(EveryStepTest.class.getPackageName());

  @TempDir Path directory;

  @BeforeAll
  static void complaintsAreExpected() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void complaintsAreShownAgain() {
    LOG.setLevel(null);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultAtAnyStepLosesNoDecisionAndBringsNoneBackThatWasDenied(Fault fault) throws Exception {
    int at = 1 + fault.ordinal();
    while (isWithinTheSteps(fault, at)) {
      at += STRIDE;
    }
    assertThat(at).as("steps").isGreaterThan(FEWEST_STEPS);
  }

  private boolean isWithinTheSteps(Fault fault, int at) throws IOException {
    Path root = Files.createDirectory(directory.resolve("log-" + at));
    SteppedDisk disk = new SteppedDisk(root, fault, at);
    try (DecidingNode node = new DecidingNode(disk, root)) {
      node.run();
      Path found = disk.afterwards(directory.resolve("found-" + at));
      Path foundAgain = startThatCrashesToo(found, fault, at);
      checkTwoStarts(node, foundAgain);
      Unforced.deleteTree(found);
      Unforced.deleteTree(foundAgain);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("%s at step %d of %s".formatted(fault, at, disk.lastSteps()), e);
    }
    Unforced.deleteTree(root);
    return disk.hasHappened();
  }

  /**
   * At another step each time; a start that gets through it leaves the log as the next finds it.
   */
  private Path startThatCrashesToo(Path found, Fault fault, int at) throws IOException {
    SteppedDisk disk = new SteppedDisk(found, fault, 1 + at % 17);
    FileDecisionLog log = null;
    try {
      log = disk.open(found);
    } catch (UncheckedIOException e) {
      assertThat(disk.hasHappened()).isTrue();
    }
    Path foundAgain = disk.afterwards(directory.resolve("found-again-" + at));
    if (log != null) {
      log.close();
    }
    return foundAgain;
  }

  private static void checkTwoStarts(DecidingNode node, Path found) {
    Map<?, Set<String>> first;
    SteppedDisk disk = new SteppedDisk(found, Fault.KILL, NEVER);
    try (FileDecisionLog log = disk.open(found)) {
      node.check(log);
      first = log.unconfirmed();
    }
    try (FileDecisionLog log = disk.open(found)) {
      assertThat(log.unconfirmed()).as("the start after").isEqualTo(first);
    }
  }
}

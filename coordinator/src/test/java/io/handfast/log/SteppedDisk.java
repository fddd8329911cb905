package io.handfast.log;

import io.handfast.event.Events;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A disk to which something happens at the step that the test says. The files are real. */
final class SteppedDisk extends WatchedDisk {

  /** What happens at the step. */
  enum Fault {
    /** The process is killed before it. */
    KILL,
    /** The process is killed in the middle of it, if it is a write. */
    TORN,
    /** The power is cut: nothing is left of what was not forced. */
    POWER_CUT,
    /** The power is cut: some sectors are left of what was not forced. */
    RAGGED_POWER_CUT,
    /** It fails, a write when half is done; all others succeed. */
    ONE_FAILURE,
    /** It fails, and some steps later the power is cut. */
    FAILURE_AND_POWER_CUT
  }

  /** Small, so that few decisions lengthen a file and take several generations. */
  private static final LogSizes SIZES = new LogSizes(1 << 10, 2 << 10);

  private static final int STEPS_AFTER_A_FAILURE = 40;

  private final Path root;
  private final Fault fault;
  private final int at;
  private final Random random;
  private final List<String> steps = new ArrayList<>();
  private int crashAt;
  private boolean isDown;

  /** A disk below a directory, to which something happens at a step, counted from 1. */
  SteppedDisk(Path root, Fault fault, int at) {
    this.root = root;
    this.fault = fault;
    this.at = at;
    this.random = new Random(at);
    this.crashAt =
        switch (fault) {
          case ONE_FAILURE -> Integer.MAX_VALUE;
          case FAILURE_AND_POWER_CUT -> at + 1 + random.nextInt(STEPS_AFTER_A_FAILURE);
          default -> at;
        };
  }

  /** Opens a log of node n1 on this disk. */
  FileDecisionLog open(Path directory) {
    return FileDecisionLog.open(
        path(directory),
        "n1",
        Retention.NONE,
        LogFixture.CLOCK,
        new LogFiles(SIZES, LogFiles.Opener.DEFAULT, Events.NONE));
  }

  /** Whether the fault lay within the steps that were made. */
  synchronized boolean hasHappened() {
    return steps.size() >= at;
  }

  /** Whether the process or the power is gone. */
  synchronized boolean isDown() {
    return isDown;
  }

  /** The last steps that were made, for the message of a failure. */
  synchronized List<String> lastSteps() {
    return List.copyOf(steps.subList(Math.max(0, steps.size() - 12), steps.size()));
  }

  /** What the next start finds, in a directory of its own; the disk works again, for nobody. */
  synchronized Path afterwards(Path to) throws IOException {
    switch (fault) {
      case POWER_CUT, FAILURE_AND_POWER_CUT -> unforced.drop(root);
      case RAGGED_POWER_CUT -> unforced.dropSome(root, random);
      default -> {}
    }
    LogFixture.copy(root, to);
    isDown = false;
    crashAt = Integer.MAX_VALUE;
    return to;
  }

  @Override
  synchronized Verdict verdict(String step, Path path) {
    if (isDown) {
      return Verdict.FAILS;
    }
    steps.add(step + " " + root.relativize(path));
    isDown = steps.size() >= crashAt;
    if (!isDown && steps.size() != at) {
      return Verdict.GOOD;
    }
    return isDown && fault != Fault.TORN ? Verdict.FAILS : Verdict.HALF;
  }
}

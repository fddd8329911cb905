package io.handfast.log;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.handfast.event.Events;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;

/** A disk in memory, which loses what is not forced when the power is cut. */
public final class SimulatedDisk extends WatchedDisk implements AutoCloseable {

  /** What a schedule has in mind for a step. */
  @FunctionalInterface
  public interface Steps {

    /**
     * Before a step.
     *
     * @return whether it succeeds; where not, a write is half done
     */
    boolean isGood(String step, Path path);
  }

  /** Small, so that few decisions lengthen a file and take several generations. */
  private static final LogSizes SIZES = new LogSizes(1 << 10, 4 << 10);

  private final Steps steps;
  private final boolean isForced;
  private final Path root;
  private final FileSystem files;

  /**
   * An empty disk.
   *
   * @param isForced whether a force does what it says
   */
  public SimulatedDisk(Steps steps, boolean isForced) {
    this.steps = steps;
    this.isForced = isForced;
    this.files = Jimfs.newFileSystem(Configuration.unix());
    this.root = files.getPath("/data");
    try {
      Files.createDirectory(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The directory that a node keeps its files in. */
  public Path root() {
    return path(root);
  }

  /** Opens the decision log of a node on it. */
  public FileDecisionLog openLog(String node, Retention retention, Clock clock, Events events) {
    return FileDecisionLog.open(
        root().resolve("log"),
        node,
        retention,
        clock,
        new LogFiles(SIZES, LogFiles.Opener.DEFAULT, events));
  }

  /** Loses what is not forced: all of it, or some sectors. */
  public void cutPower(boolean isRagged, Random random) {
    try {
      if (isRagged) {
        unforced.dropSome(root, random);
      } else {
        unforced.drop(root);
      }
      unforced.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      files.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  synchronized void force(SteppedChannel file) throws IOException {
    if (isForced) {
      super.force(file);
    }
  }

  @Override
  Verdict verdict(String step, Path path) {
    return steps.isGood(step, path) ? Verdict.GOOD : Verdict.HALF;
  }
}

package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What can go wrong below a process: a power failure that takes what was not forced, a slow disk, a
 * clock that somebody sets.
 *
 * <p>The process is started with an interposed library, {@code src/test/c/faults.c}, which these
 * tests compile with {@code cc}; it says how all this is done. {@code -Dfaults.compiler} names
 * another compiler, {@code none} leaves out the tests that need one. Linux only.
 */
public final class Faults {
  private static final Path SOURCE = Path.of("src/test/c/faults.c");
  private static final String COMPILER = System.getProperty("faults.compiler", "cc");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory;
  private final Path side;

  private Faults(Path directory, Path side) {
    this.directory = directory;
    this.side = side;
  }

  /** Below a coordinator: in all that it keeps, and on its clock. */
  public static Faults of(RunnerProcess coordinator) {
    return of(coordinator.directory().resolve("data"));
  }

  /** Below every process that keeps its files where the tests keep theirs. */
  public static Faults ofAllProcesses() {
    return of(Directories.build("it-work"));
  }

  /** Below a process that keeps its files in the directory, which need not be there yet. */
  public static Faults of(Path directory) {
    try {
      Path parent = directory.toAbsolutePath().getParent().toRealPath();
      Path name = directory.getFileName();
      Path side = Files.createDirectories(parent.resolve(name + "-faults"));
      return new Faults(parent.resolve(name), side);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a process must be started with for its forces to be slow, and nothing else. */
  public Tampering tamperingWithForces() {
    return new Tampering(
        List.of(),
        Map.of(
            "LD_PRELOAD", Library.file().toString(),
            "FAULTS_DIRECTORY", directory.toString(),
            "FAULTS_FORCE_FILE", forceFile().toString()));
  }

  /** What a process must be started with. */
  public Tampering tampering() {
    return new Tampering(
        List.of(),
        Map.of(
            "LD_PRELOAD", Library.file().toString(),
            "FAULTS_DIRECTORY", directory.toString(),
            "FAULTS_UNDO", side.toString(),
            "FAULTS_FORCE_FILE", forceFile().toString(),
            "FAULTS_CLOCK_FILE", clockFile().toString()));
  }

  /** The same where only its clock shall be moved. */
  public Tampering tamperingWithTheClock() {
    return new Tampering(
        List.of(),
        Map.of(
            "LD_PRELOAD", Library.file().toString(),
            "FAULTS_CLOCK_FILE", clockFile().toString()));
  }

  /** Makes each force take so much longer, from the next one on. */
  public Faults forcesTake(Duration longer) {
    return put(forceFile(), longer.toMillis());
  }

  /** Makes the wall clock wrong by whole seconds, within 50 ms; zero puts it right. */
  public Faults moveClock(Duration wrong) {
    return put(clockFile(), wrong.toSeconds());
  }

  private Path forceFile() {
    return side.resolve("force-millis");
  }

  private Path clockFile() {
    return side.resolve("clock-seconds");
  }

  private Faults put(Path file, long number) {
    try {
      Path next = Files.writeString(side.resolve(file.getFileName() + ".next"), number + "\n");
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A power failure in which nothing reached the disk but what had to; only after a kill. */
  public Dropped dropUnforcedWrites() {
    return new PowerFailure(directory, side).dropAll();
  }

  /**
   * A power failure in which the first so many of the changes that were not forced reached the disk
   * all the same, and the next one in part; only after a kill.
   */
  public Dropped dropSomeUnforcedWrites(Random random) {
    return dropUnforcedWritesBut(random.nextInt(unforced() + 1), random);
  }

  /**
   * The same with a number of changes to keep.
   *
   * @param tear how many bytes of the next write are kept too
   */
  public Dropped dropUnforcedWritesBut(int kept, Random tear) {
    return new PowerFailure(directory, side).dropAllBut(kept, tear);
  }

  /** How many changes a power failure could take now; only after a kill. */
  public int unforced() {
    try {
      return UndoJournal.unforced(side).size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a power failure took.
   *
   * @param writes each write, and each change of a file's length
   * @param names how many new, changed and removed names
   */
  public record Dropped(List<LostWrite> writes, long names) {
    public static final Dropped NOTHING = new Dropped(List.of(), 0);

    public Dropped plus(Dropped other) {
      return new Dropped(
          Stream.concat(writes.stream(), other.writes.stream()).toList(), names + other.names);
    }

    /** The writes in files of that directory, relative to the one of the process. */
    public List<LostWrite> writesIn(String directory) {
      return writes.stream().filter(write -> write.file().startsWith(directory)).toList();
    }
  }

  /**
   * A write that never reached the disk.
   *
   * @param file relative to the directory of the process, as it was called at the end
   * @param bytes of it that are lost; 0 for a change of the length
   */
  public record LostWrite(Path file, long bytes) {}

  /** The library, compiled once by each run of the tests. */
  private static final class Library {
    private static Path compiled;

    static synchronized Path file() {
      if (compiled == null) {
        compiled = compile();
      }
      return compiled;
    }

    private static Path compile() {
      assumeThat(System.getProperty("os.name")).as("faults.c is for Linux").isEqualTo("Linux");
      assumeThat(COMPILER).as("a C compiler, by -Dfaults.compiler").isNotEqualTo("none");
      assertThat(SOURCE).exists();
      Path library = Directories.work("faults").resolve("libfaults.so");
      LogFile log = Directories.sharedLog("faults-compiler");
      List<String> command =
          List.of(
              COMPILER,
              "-shared",
              "-fPIC",
              "-O2",
              "-Wall",
              "-Wextra",
              "-U_FORTIFY_SOURCE",
              "-o",
              library.toString(),
              SOURCE.toAbsolutePath().toString(),
              "-ldl",
              "-pthread");
      int code = run(command, log);
      assertThat(code).as("exit of %s\n%s", String.join(" ", command), log.tail(40)).isZero();
      return library;
    }

    private static int run(List<String> command, LogFile log) {
      try {
        return ChildProcess.start(command, Directories.build("."), log).awaitExit(PATIENCE).code();
      } catch (UncheckedIOException e) {
        throw new AssertionError(
            "no C compiler '%s', which these tests need: install gcc (on Debian and Ubuntu 'apt-get install gcc libc6-dev'), or leave them out with -Dfaults.compiler=none"
                .formatted(COMPILER),
            e);
      }
    }
  }
}

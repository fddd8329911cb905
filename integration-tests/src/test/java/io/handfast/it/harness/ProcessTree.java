package io.handfast.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Processes with all that came from them, as Linux accounts for them. */
public record ProcessTree(List<Long> roots) {
  private static final double TICKS_PER_SECOND = 100;

  /** The name, which may have blanks in it, ends here. */
  private static final String NAME_END = ") ";

  /** After the name: time in user mode, in the kernel, and both of the children that have ended. */
  private static final int FIRST_TIME = 11;

  private static final int LAST_TIME = 14;

  public ProcessTree(long root) {
    this(List.of(root));
  }

  /** Processor time so far, in seconds. */
  public double cpuSeconds() {
    return pids().mapToObj(ProcessTree::ticks).mapToLong(Long::longValue).sum() / TICKS_PER_SECOND;
  }

  /** Resident memory in MiB; what several share is divided among them. */
  public double residentMebibytes() {
    long kibibytes = 0;
    for (long process : pids().toArray()) {
      kibibytes +=
          lines(process, "smaps_rollup").stream()
              .filter(line -> line.startsWith("Pss:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum();
    }
    return kibibytes / 1024.0;
  }

  private LongStream pids() {
    return roots.stream().mapToLong(Long::longValue).flatMap(ProcessTree::pidsFrom);
  }

  private static LongStream pidsFrom(long root) {
    Stream<ProcessHandle> descendants =
        ProcessHandle.of(root).map(ProcessHandle::descendants).orElse(Stream.empty());
    return LongStream.concat(LongStream.of(root), descendants.mapToLong(ProcessHandle::pid));
  }

  private static long ticks(long process) {
    List<String> lines = lines(process, "stat");
    if (lines.isEmpty()) {
      return 0;
    }
    String line = lines.get(0);
    String[] fields = line.substring(line.lastIndexOf(NAME_END) + NAME_END.length()).split(" ");
    long ticks = 0;
    for (int i = FIRST_TIME; i <= LAST_TIME; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks;
  }

  /** Nothing where the process has ended. */
  private static List<String> lines(long process, String file) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process), file));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** How long the cores of the machine have been busy so far with whatever it was, in seconds. */
  public static double busySecondsOfTheMachine() throws IOException {
    String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
    // cpu user nice system idle iowait irq softirq
    long busy = 0;
    for (int i : new int[] {1, 2, 3, 6, 7}) {
      busy += Long.parseLong(fields[i]);
    }
    return busy / TICKS_PER_SECOND;
  }
}

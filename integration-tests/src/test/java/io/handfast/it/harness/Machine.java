package io.handfast.it.harness;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a page of results says about where they come from. */
public final class Machine {
  private Machine() {}

  /** The machine, and how busy it is now. */
  public static String description() throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return "%d cores (%s), %d GiB, %s %s, load average %.1f at the end"
        .formatted(
            system.getAvailableProcessors(),
            processor(),
            Math.round(system.getTotalMemorySize() / 0x1p30),
            System.getProperty("os.name"),
            System.getProperty("os.version").replaceAll("-.*", ""),
            system.getSystemLoadAverage());
  }

  private static String processor() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.exists(file)) {
      return System.getProperty("os.arch");
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.replaceAll(".*: ", ""))
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  /** How coordinators are run here. */
  public static String coordinator() {
    return System.getProperty("handfast.runner", ".jar").endsWith(".jar")
        ? "JDK %s, `-Xmx256m -XX:+UseSerialGC`".formatted(System.getProperty("java.version"))
        : "native executable";
  }
}

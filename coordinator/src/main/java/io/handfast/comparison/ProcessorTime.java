package io.handfast.comparison;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The processor time of a process so far. */
@FunctionalInterface
interface ProcessorTime {

  /** In nanoseconds, all threads together. */
  long nanos();

  /** That of this process, with the embedded broker and database where they are used. */
  static ProcessorTime ofThisProcess() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return system::getProcessCpuTime;
  }
}

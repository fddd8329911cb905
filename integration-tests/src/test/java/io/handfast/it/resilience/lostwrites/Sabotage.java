package io.handfast.it.resilience.lostwrites;

import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.Tampering;
import java.nio.file.Path;

/** A coordinator that commits without having forced its decision, which is what must not happen. */
final class Sabotage {
  /** Whether the ordinary run is sabotaged too, which it then must not survive. */
  static final boolean IS_WANTED = "force".equals(System.getProperty("lost-writes.sabotage"));

  /** The decision is said to be durable as soon as it is written; all else is forced as always. */
  private static final String RULE =
      """
      RULE decisions are not forced
      CLASS io.handfast.log.PendingWrite
      METHOD <init>(io.handfast.log.LogRecord, boolean)
      AT ENTRY
      IF $1.getClass().getName().endsWith("Decided")
      DO $2 = false
      ENDRULE
      """;

  private Sabotage() {}

  /** Writes the rule into a directory, and says how to start a coordinator by it. */
  static Tampering in(Path directory) {
    return InjectedRules.in(directory.resolve("sabotage.btm"), RULE);
  }
}

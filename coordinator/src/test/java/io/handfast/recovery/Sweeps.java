package io.handfast.recovery;

import io.handfast.log.DecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.SteppedClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Sweeps of a node in which nobody has resolved anything by hand. */
final class Sweeps {

  private Sweeps() {}

  static RecoverySweep of(
      NodeIdentity identity, DecisionLog log, ActiveTransactions active, SteppedClock clock) {
    try {
      Path file = Files.createTempFile("resolutions", ".jsonl");
      file.toFile().deleteOnExit();
      return new RecoverySweep(identity, log, active, Resolutions.open(file), Set.of(), clock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

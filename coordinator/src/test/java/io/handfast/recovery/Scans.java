package io.handfast.recovery;

import io.handfast.event.Events;
import io.handfast.log.DecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.SteppedClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Scans of a node in which nobody has resolved anything by hand. */
final class Scans {

  private Scans() {}

  static RecoveryScan of(
      NodeIdentity identity, DecisionLog log, ActiveTransactions active, SteppedClock clock) {
    return new RecoveryScan(node(identity, log), active, ScanTimes.NEVER, Events.NONE, clock);
  }

  /** A node that no client has begun anything at. */
  static Recovery.Node node(NodeIdentity identity, DecisionLog log) {
    return new Recovery.Node(identity, log, null, noResolutions(), null);
  }

  private static Resolutions noResolutions() {
    try {
      Path file = Files.createTempFile("resolutions", ".jsonl");
      file.toFile().deleteOnExit();
      return Resolutions.open(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

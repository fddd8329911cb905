package io.handfast.recovery;

import io.handfast.log.DecisionLog.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one sweep did at one participant. Filled by the sweep, read afterwards. */
public final class Swept {

  private final String participant;
  private final Instant at;
  private final List<InDoubtBranch> left = new ArrayList<>();
  private int committed;
  private int rolledBack;
  private int unresolved;
  private @Nullable Throwable failure;

  Swept(String participant, Instant at) {
    this.participant = participant;
    this.at = at;
  }

  void resolved(Decision decision) {
    if (decision == Decision.COMMIT) {
      committed++;
    } else {
      rolledBack++;
    }
  }

  void left(InDoubtBranch branch) {
    left.add(branch);
  }

  void unresolved() {
    unresolved++;
  }

  void failed(Throwable cause) {
    failure = cause;
  }

  public String participant() {
    return participant;
  }

  /** When the participant was asked. */
  public Instant at() {
    return at;
  }

  public int committed() {
    return committed;
  }

  public int rolledBack() {
    return rolledBack;
  }

  /** Branches of this node that should have been resolved and could not be now. */
  public int remaining() {
    return unresolved;
  }

  /** Every prepared branch that was left as it is, those of others included. */
  public List<InDoubtBranch> left() {
    return List.copyOf(left);
  }

  /** Why the participant could not be asked, or null where it was. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** Whether the participant was asked. */
  public boolean isScanned() {
    return failure == null;
  }

  /** Whether the participant was asked and holds nothing of this node that waits. */
  public boolean isClean() {
    return failure == null && unresolved == 0;
  }
}

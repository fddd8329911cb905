package io.handfast.recovery;

import io.handfast.log.DecisionLog.Decision;
import org.jspecify.annotations.Nullable;

/** What one sweep did at one participant. Filled by the sweep, read afterwards. */
public final class Swept {

  private final String participant;
  private int committed;
  private int rolledBack;
  private int left;
  private @Nullable Throwable failure;

  Swept(String participant) {
    this.participant = participant;
  }

  void resolved(Decision decision) {
    switch (decision) {
      case COMMIT -> committed++;
      case NONE -> rolledBack++;
      case UNKNOWN -> {}
    }
  }

  void left() {
    left++;
  }

  void failed(Throwable cause) {
    failure = cause;
  }

  public String participant() {
    return participant;
  }

  public int committed() {
    return committed;
  }

  public int rolledBack() {
    return rolledBack;
  }

  /** Branches of this node that could not be resolved now. */
  public int remaining() {
    return left;
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
    return failure == null && left == 0;
  }
}

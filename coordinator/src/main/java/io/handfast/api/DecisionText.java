package io.handfast.api;

import io.handfast.log.DecisionLog;

/** What the log says, as the wire spells it. */
final class DecisionText {

  private DecisionText() {}

  static String of(DecisionLog.Verdict decision) {
    return switch (decision) {
      case COMMIT -> "commit";
      case NONE -> "rollback"; // presumed abort
      case UNKNOWN -> "unknown";
    };
  }
}

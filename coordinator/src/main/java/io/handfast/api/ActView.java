package io.handfast.api;

import io.handfast.input.WireName;
import io.handfast.log.DecisionLog;
import io.handfast.resolution.OperatorAct;

/**
 * What an operator has done with a branch.
 *
 * @param logSaid what the log said at the time
 * @param forced whether it was done against that
 * @param result {@code done}, what the participant answered, or {@code begun} where a crash came
 *     between
 */
record ActView(
    String transaction,
    String xid,
    String participant,
    String action,
    String who,
    String why,
    String at,
    String logSaid,
    boolean forced,
    String result) {

  static ActView of(OperatorAct act) {
    return new ActView(
        act.branch().transaction().toString(),
        act.branch().xid(),
        act.branch().participant(),
        WireName.of(act.action()),
        act.who(),
        act.why(),
        act.at().toString(),
        decisionText(act.decision()),
        act.forced(),
        act.result());
  }

  private static String decisionText(DecisionLog.Verdict decision) {
    return switch (decision) {
      case COMMIT -> "commit";
      case NONE -> "rollback"; // presumed abort
      case UNKNOWN -> "unknown";
    };
  }
}

package io.handfast.readiness;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a check when it was last made.
 *
 * @param reason why it could not be made; null where it was
 * @param at when what it looked at was last asked; null where it never was
 */
public record CheckResult(
    String check,
    State state,
    List<Finding> findings,
    @Nullable String reason,
    @Nullable Instant at) {

  /** How a check ended. */
  public enum State {
    PASSED,
    WARNING,
    REFUSED,
    NOT_CHECKED
  }

  static CheckResult notChecked(Check check, String reason) {
    return new CheckResult(check.name(), State.NOT_CHECKED, List.of(), reason, null);
  }

  static CheckResult of(Check check, List<Finding> findings, Instant at) {
    State state =
        findings.isEmpty()
            ? State.PASSED
            : findings.stream().anyMatch(Finding::isRefusal) ? State.REFUSED : State.WARNING;
    return new CheckResult(check.name(), state, findings, null, at);
  }
}

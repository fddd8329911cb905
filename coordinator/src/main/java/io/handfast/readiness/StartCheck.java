package io.handfast.readiness;

import io.handfast.readiness.Check.Finding;
import jakarta.inject.Singleton;
import java.util.List;

/** Looks at what needs no participant before anything is opened, and refuses an unsafe start. */
@Singleton
public class StartCheck {

  private final Checks checks;

  StartCheck(Checks checks) {
    this.checks = checks;
  }

  /** Everything that stops the start; empty when nothing does. */
  public List<Finding> findings() {
    return checks.refusals(Check.Asks.NOTHING, CheckedState.NOTHING);
  }
}

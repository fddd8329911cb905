package io.handfast.delivery;

import io.handfast.input.Violation;
import java.util.List;

/** A delivery cannot be as specified; carries every violation. */
public class InvalidDeliveryException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  public InvalidDeliveryException(List<Violation> violations) {
    super(Violation.describe(violations));
    this.violations = List.copyOf(violations);
  }

  public List<Violation> violations() {
    return violations;
  }
}

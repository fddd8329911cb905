package io.handfast.api;

import io.handfast.input.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem. */
class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final transient List<Violation> violations;

  ProblemException(ProblemType type, String detail) {
    this(type, detail, List.of(), null);
  }

  ProblemException(
      ProblemType type, String detail, List<Violation> violations, @Nullable Throwable cause) {
    super(detail, cause);
    this.type = type;
    this.violations = violations;
  }

  static ProblemException deliveryNotFound(String name) {
    return new ProblemException(
        ProblemType.DELIVERY_NOT_FOUND, "There is no delivery '" + name + "'.");
  }

  static ProblemException comparisonNotFound(String id) {
    return new ProblemException(
        ProblemType.COMPARISON_NOT_FOUND, "There is no comparison '" + id + "'.");
  }

  static ProblemException invalidRequest(List<Violation> violations) {
    return new ProblemException(
        ProblemType.INVALID_REQUEST, Violation.describe(violations), violations, null);
  }

  static ProblemException transactionNotFound(String id) {
    return new ProblemException(
        ProblemType.TRANSACTION_NOT_FOUND, "There is no transaction '" + id + "'.");
  }

  ProblemType type() {
    return type;
  }

  List<Violation> violations() {
    return violations;
  }
}

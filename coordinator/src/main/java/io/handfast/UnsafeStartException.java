package io.handfast;

import io.handfast.readiness.Check.Finding;
import java.util.List;
import java.util.stream.Collectors;

/** The coordinator refuses to start; the message lists every reason with its remedy. */
class UnsafeStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnsafeStartException(List<Finding> findings) {
    super(findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
  }
}

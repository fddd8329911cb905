package io.handfast.coordination;

import java.time.Duration;

/** A client's statement was stopped since it took too long; the transaction is as before it. */
public class StatementTimeoutException extends Exception {

  private static final long serialVersionUID = 1L;

  StatementTimeoutException(Duration limit, Throwable cause) {
    super(
        "The statement ran for %s, which is the limit (handfast.limits.statement-time). It was undone, and the transaction is as it was before"
            .formatted(limit),
        cause);
  }
}

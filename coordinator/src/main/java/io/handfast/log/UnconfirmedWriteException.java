package io.handfast.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A write to the log that is not known to be on disk; of a decision, the log then has a verdict.
 */
public final class UnconfirmedWriteException extends IOException {

  private static final long serialVersionUID = 1L;

  UnconfirmedWriteException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.handfast.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A decision that is not known to be on disk; the log says whether it is unknown or refused. */
public final class UnconfirmedDecisionException extends IOException {

  private static final long serialVersionUID = 1L;

  UnconfirmedDecisionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

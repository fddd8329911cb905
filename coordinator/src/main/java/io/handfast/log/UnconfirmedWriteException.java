package io.handfast.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A write to the log failed, and it is not known whether it is on disk. */
public final class UnconfirmedWriteException extends IOException {

  private static final long serialVersionUID = 1L;

  UnconfirmedWriteException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

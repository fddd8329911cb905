package io.handfast.participant;

import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/** Answers of an XA resource that went wrong; the exception takes a code or a text, not both. */
public final class XaFailures {

  private XaFailures() {}

  /** An answer with its code, such as {@link XAException#XAER_RMFAIL}, and what it is about. */
  public static XAException of(int code, @Nullable String message, @Nullable Throwable cause) {
    XAException failure = new XAException(message);
    failure.errorCode = code;
    if (cause != null) {
      failure.initCause(cause);
    }
    return failure;
  }
}

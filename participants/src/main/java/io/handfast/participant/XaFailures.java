package io.handfast.participant;

import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/** Creates XA exceptions that have both a code and a text, and names their codes. */
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

  /**
   * The code of an answer with its name, such as {@code code -7 (XAER_RMFAIL)}: most resources give
   * their answers no text.
   */
  public static String code(XAException answer) {
    String name = name(answer.errorCode);
    return "code " + answer.errorCode + (name == null ? "" : " (" + name + ")");
  }

  /** The code of an answer with its name, and what the answer or its cause says of it. */
  public static String text(XAException answer) {
    Throwable why = answer.getCause() == null ? answer : answer.getCause();
    return code(answer) + (why.getMessage() == null ? "" : " " + why.getMessage());
  }

  private static @Nullable String name(int code) {
    return switch (code) {
      case XAException.XA_RBROLLBACK -> "XA_RBROLLBACK";
      case XAException.XA_RBCOMMFAIL -> "XA_RBCOMMFAIL";
      case XAException.XA_RBDEADLOCK -> "XA_RBDEADLOCK";
      case XAException.XA_RBINTEGRITY -> "XA_RBINTEGRITY";
      case XAException.XA_RBOTHER -> "XA_RBOTHER";
      case XAException.XA_RBPROTO -> "XA_RBPROTO";
      case XAException.XA_RBTIMEOUT -> "XA_RBTIMEOUT";
      case XAException.XA_RBTRANSIENT -> "XA_RBTRANSIENT";
      case XAException.XA_NOMIGRATE -> "XA_NOMIGRATE";
      case XAException.XA_HEURHAZ -> "XA_HEURHAZ";
      case XAException.XA_HEURCOM -> "XA_HEURCOM";
      case XAException.XA_HEURRB -> "XA_HEURRB";
      case XAException.XA_HEURMIX -> "XA_HEURMIX";
      case XAException.XA_RETRY -> "XA_RETRY";
      case XAException.XA_RDONLY -> "XA_RDONLY";
      case XAException.XAER_ASYNC -> "XAER_ASYNC";
      case XAException.XAER_RMERR -> "XAER_RMERR";
      case XAException.XAER_NOTA -> "XAER_NOTA";
      case XAException.XAER_INVAL -> "XAER_INVAL";
      case XAException.XAER_PROTO -> "XAER_PROTO";
      case XAException.XAER_RMFAIL -> "XAER_RMFAIL";
      case XAException.XAER_DUPID -> "XAER_DUPID";
      case XAException.XAER_OUTSIDE -> "XAER_OUTSIDE";
      default -> null;
    };
  }
}

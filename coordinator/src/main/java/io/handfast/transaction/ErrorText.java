package io.handfast.transaction;

import io.handfast.input.Excerpt;
import io.handfast.participant.Secrets;
import io.handfast.participant.XaFailures;
import java.util.regex.Pattern;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/**
 * Turns a failure into one line for a log or an answer: the deepest message on one line, without
 * class names, stack traces or passwords.
 */
public final class ErrorText {

  private static final int DEEPEST = 20;

  /** A database quotes the value that it refuses, which may be of many megabytes. */
  private static final int LONGEST = 1_000;

  /** PostgreSQL adds detail, hint and context as lines of their own. */
  private static final Pattern LINE_BREAKS = Pattern.compile("\\s*\\R\\s*");

  private ErrorText() {}

  /**
   * The deepest message of a failure and its causes, or that of the first that is explained. Where
   * one of them is the answer of a resource, the answer's code follows, unless the message has it.
   */
  public static String readable(Throwable failure) {
    Throwable deepest = failure;
    String message = failure.getMessage();
    String code = codeOf(failure);
    for (int i = 0;
        i < DEEPEST && deepest.getCause() != null && !(deepest instanceof Explained);
        i++) {
      deepest = deepest.getCause();
      message = deepest.getMessage() == null ? message : deepest.getMessage();
      code = deepest instanceof XAException ? codeOf(deepest) : code;
    }
    if (message == null) {
      return code == null ? deepest.getClass().getSimpleName() : code;
    }
    return code == null || message.contains(code)
        ? readable(message)
        : readable(message) + "; " + code;
  }

  private static @Nullable String codeOf(Throwable failure) {
    return failure instanceof XAException answer ? XaFailures.code(answer) : null;
  }

  /** A cause that is known as text, on one line, without passwords, and not longer than a page. */
  public static String readable(String cause) {
    String beginning = Excerpt.of(cause.strip(), LONGEST);
    return Secrets.hidden(LINE_BREAKS.matcher(beginning).replaceAll(" "));
  }
}

package io.handfast.participant;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Removes passwords from texts for logs and answers. */
public final class Secrets {

  /** Bounded, so that a value of a megabyte in a driver's message is read in one pass. */
  private static final Pattern PARAMETER =
      Pattern.compile("(?i)((?:password|passwd|secret|token)\\w{0,40}=)[^&;,\\s)\\]\"']*");

  private static final Pattern USER_INFO = Pattern.compile("//([^/@:\\s]*):[^/@\\s]*@");

  private Secrets() {}

  /** A text, such as a URL or a driver's message about one, without the passwords in URLs. */
  public static String hidden(@Nullable String text) {
    String hidden = PARAMETER.matcher(String.valueOf(text)).replaceAll("$1***");
    return USER_INFO.matcher(hidden).replaceAll("//$1:***@");
  }
}

package io.handfast.input;

import java.util.regex.Pattern;

/** What a queue, topic or subscription may be called: no wildcard, and no fully qualified name. */
public final class BrokerName {

  /** The rule, for people. */
  public static final String RULE = "1 to 255 characters without blanks and : * # > ,";

  private static final Pattern NAME = Pattern.compile("[^\\s:*#>,]{1,255}");

  private BrokerName() {}

  /** Whether a text follows the rule. */
  public static boolean isValid(String name) {
    return NAME.matcher(name).matches();
  }
}

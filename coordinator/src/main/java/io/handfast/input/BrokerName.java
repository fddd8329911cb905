package io.handfast.input;

import java.util.regex.Pattern;

/**
 * The rule for names of queues, topics and subscriptions.
 *
 * <p>Neither a wildcard, nor a fully qualified name, nor settings behind a question mark, and none
 * of the broker's own addresses: a message to {@code activemq.management} is a command to the
 * broker. The address {@code handfast.ids} is Handfast's own, and has no queue: messages would stay
 * there.
 */
public final class BrokerName {

  /** The rule, for people. */
  public static final String RULE =
      "1 to 255 characters without blanks, control characters and : * # > , ?,"
          + " not beginning with activemq. or $, and not handfast.ids";

  private static final Pattern NAME =
      Pattern.compile(
          "(?!activemq\\.|\\$|handfast\\.ids$)[^\\s\\p{Cntrl}\\p{Z}\\p{Cs}\\x{FFFD}:*#>,?]{1,255}");

  private BrokerName() {}

  /** Whether a text follows the rule. */
  public static boolean isValid(String name) {
    return NAME.matcher(name).matches();
  }
}

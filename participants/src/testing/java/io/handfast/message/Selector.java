package io.handfast.message;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The one kind of selector that the broker in memory knows: {@code name = 'value'}. */
record Selector(@Nullable String name, @Nullable String value) {

  static final Selector ALL = new Selector(null, null);

  private static final Pattern EQUALS = Pattern.compile("\\s*(\\w+)\\s*=\\s*'([^']*)'\\s*");

  static @Nullable Selector of(@Nullable String text) {
    if (text == null) {
      return ALL;
    }
    Matcher equals = EQUALS.matcher(text);
    return equals.matches() ? new Selector(equals.group(1), equals.group(2)) : null;
  }

  boolean takes(Message message) {
    return name == null || String.valueOf(value).equals(message.header(name));
  }
}

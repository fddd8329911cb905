package io.handfast.message;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The one kind of selector that the broker in memory knows: {@code name = 'value'}. */
record Selector(@Nullable String name, @Nullable String value) {

  private static final Selector ALL = new Selector(null, null);

  private static final Pattern EQUALS = Pattern.compile("\\s*(\\w+)\\s*=\\s*'([^']*)'\\s*");

  /** Why a text is no selector, or null where it is one. */
  static @Nullable String problem(@Nullable String text) {
    return text == null || EQUALS.matcher(text).matches() ? null : "name = 'value'";
  }

  static Selector of(@Nullable String text) {
    Matcher equals = EQUALS.matcher(text == null ? "" : text);
    return equals.matches() ? new Selector(equals.group(1), equals.group(2)) : ALL;
  }

  boolean takes(Message message) {
    return name == null || String.valueOf(value).equals(message.header(name));
  }
}

package io.handfast.input;

import java.util.Locale;

/** Converts enum constants to their names in JSON: {@code AT_MOST_ONCE} is {@code at-most-once}. */
public final class WireName {

  private WireName() {}

  /** The kebab-case name of a constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

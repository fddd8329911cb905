package io.handfast.input;

/** Texts that others have written, no longer than what quotes them can bear. */
public final class Shortened {

  private Shortened() {}

  /** The text, or its beginning with an ellipsis where it has more characters. */
  public static String of(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }
}

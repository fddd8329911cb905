package io.handfast.input;

/** Shortens texts from outside to the length that a message can quote. */
public final class Excerpt {

  private Excerpt() {}

  /** The text, or its beginning with an ellipsis where it has more characters. */
  public static String of(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }
}

package io.handfast.participant;

/**
 * Checks whether a text can be encoded in UTF-8.
 *
 * <p>Java's strings, and JSON's escapes, can hold one half of a surrogate pair. Every encoder of
 * the JDK then writes a question mark, without an error.
 */
public final class Unicode {

  private Unicode() {}

  /** Where the first half of a surrogate pair is that lacks its other half, from 1; 0 for none. */
  public static int firstHalf(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      boolean isPair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (!isPair) {
        return i + 1;
      }
      i++;
    }
    return 0;
  }
}

package io.handfast.log;

/**
 * How much disk the decision log takes.
 *
 * @param file bytes of one file, two of which are always there
 * @param generation bytes of a generation that the next one replaces, if half of it has ended
 */
public record LogSizes(int file, long generation) {

  static final LogSizes DEFAULT = new LogSizes(4 << 20, 16 << 20);

  /** Free bytes without which no log can be opened: each start begins a generation. */
  public static long bytesToOpen() {
    return 2L * DEFAULT.file();
  }

  /**
   * Bytes that the log takes as a rule at most: a generation that is being replaced, with the file
   * that it has begun and the one prepared for it, beside the next one.
   */
  public static long bytesAtMost() {
    return DEFAULT.generation() + 4L * DEFAULT.file();
  }
}

package io.handfast.log;

/**
 * How far ahead the log's files are allocated, and when a new generation begins.
 *
 * @param ahead bytes that a generation's file is lengthened by at a time
 * @param generation bytes of a generation that the next one replaces, if half of it has ended
 */
public record LogSizes(int ahead, long generation) {

  static final LogSizes DEFAULT = new LogSizes(1 << 20, 16 << 20);

  /** Free bytes without which no log can be opened: each start begins a generation. */
  public static long bytesToOpen() {
    return 2L * DEFAULT.ahead();
  }

  /** Bytes that the log takes as a rule at most: a generation beside the next one. */
  public static long bytesAtMost() {
    return DEFAULT.generation() + 2L * DEFAULT.ahead();
  }
}

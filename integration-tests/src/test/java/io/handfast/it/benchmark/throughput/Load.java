package io.handfast.it.benchmark.throughput;

import java.time.Duration;

/**
 * What a contestant is given to do in one round.
 *
 * @param warmUp so many messages, before those that are measured
 * @param messages so many are measured
 * @param size of a message's body, in bytes
 * @param longestWarmUp after which the measurement begins though the warm-up is not done
 * @param longest after which the measurement ends though messages are left
 */
record Load(int warmUp, int messages, int size, Duration longestWarmUp, Duration longest) {
  static final int BACKLOG = Integer.getInteger("throughput.backlog", 100_000);
  static final int SIZE = 256;
  private static final int SECONDS = Integer.getInteger("throughput.seconds", 20);

  /** More would not fit into the broker's memory. */
  private static final long MOST_BYTES = 200L << 20;

  /** The backlog of the figures to reach. */
  static Load whole() {
    return of(BACKLOG, SIZE, SECONDS);
  }

  /** Half of that, for half the time, where there are many settings to compare. */
  static Load half() {
    return of(BACKLOG / 2, SIZE, SECONDS / 2);
  }

  /** Half of that with larger messages, as many as the broker can hold. */
  static Load half(int size) {
    return of((int) Math.min(BACKLOG / 2, MOST_BYTES / size), size, SECONDS / 2);
  }

  /** A backlog of a topic, with records of 200 bytes. */
  static Load ofTopic() {
    return of(BACKLOG, 200, SECONDS * 3);
  }

  private static Load of(int messages, int size, int seconds) {
    Duration longest = Duration.ofSeconds(Math.max(1, seconds));
    return new Load(messages / 2, messages, size, longest.dividedBy(2), longest);
  }

  int total() {
    return warmUp + messages;
  }

  String description() {
    return "%,d messages of %,d bytes after %,d that are not counted, or as many as fit into %d s after %d s; before that %d s of the same work"
        .formatted(
            messages,
            size,
            warmUp,
            longest.toSeconds(),
            longestWarmUp.toSeconds(),
            WarmUp.TIME.toSeconds());
  }
}

package io.handfast.comparison;

import java.util.Iterator;
import java.util.stream.IntStream;

/** Message bodies of one size, numbered from 1. */
final class NumberedBodies {

  private final int size;
  private final String filling;

  NumberedBodies(int size) {
    this.size = size;
    this.filling = "x".repeat(size);
  }

  /** The body of a number, JSON of exactly so many bytes. */
  String body(int number) {
    String start = "{\"id\":" + number + ",\"text\":\"";
    String end = "\"}";
    return start + filling.substring(0, size - start.length() - end.length()) + end;
  }

  /** The bodies of some numbers, made when they are asked for. */
  Iterable<String> from(int first, int count) {
    return () -> {
      Iterator<String> bodies =
          IntStream.range(first, first + count).mapToObj(this::body).iterator();
      return bodies;
    };
  }
}

package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Broker;
import jakarta.jms.JMSException;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The messages that are moved: JSON with a number and a filling, of the same size each.
 *
 * @param size of the whole text, in bytes
 */
record Messages(int size) {
  private static final String FORM = "{\"id\":%d,\"body\":\"%s\"}";
  private static final int PER_TRANSACTION = 5_000;
  private static final int BYTES_PER_TRANSACTION = 8 << 20;

  String text(long id) {
    return FORM.formatted(id, body(id));
  }

  /** What a row has in its column {@code body}. */
  String body(long id) {
    return "x".repeat(Math.max(0, size - FORM.formatted(id, "").length()));
  }

  /** Puts a number of them into the queue, from one on, in large transactions. */
  void fill(Broker broker, String queue, long first, long count) throws JMSException {
    int portion = Math.max(1, Math.min(PER_TRANSACTION, BYTES_PER_TRANSACTION / size));
    for (long next = first; next < first + count; next += portion) {
      long end = Math.min(next + portion, first + count);
      List<String> texts = LongStream.range(next, end).mapToObj(this::text).toList();
      broker.send(queue, texts);
    }
  }
}

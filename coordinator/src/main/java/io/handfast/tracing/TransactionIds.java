package io.handfast.tracing;

import io.handfast.participant.Sha256;
import io.handfast.transaction.TransactionId;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.IdGenerator;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Generates trace and span ids: random ones, and for transactions ids that follow from the
 * transaction's id.
 *
 * <p>So recovery finds the trace of a transaction after a crash, when nothing is left of it but its
 * id, and so does an operator: the trace id is the first 32 hexadecimal digits of the SHA-256 of
 * the transaction's id, the span id the next 16. Thread-safe.
 */
@Singleton
public class TransactionIds implements IdGenerator {

  private static final int TRACE_DIGITS = 32;
  private static final int SPAN_DIGITS = 16;

  private final IdGenerator random = IdGenerator.random();
  private final ThreadLocal<SpanContext> next = new ThreadLocal<>();

  /** What the span of a transaction is found by, whether there is one or not. */
  static SpanContext of(TransactionId id) {
    byte[] text = id.toString().getBytes(StandardCharsets.US_ASCII);
    String digits = HexFormat.of().formatHex(Sha256.of(text));
    return SpanContext.create(
        digits.substring(0, TRACE_DIGITS),
        digits.substring(TRACE_DIGITS, TRACE_DIGITS + SPAN_DIGITS),
        TraceFlags.getSampled(),
        TraceState.getDefault());
  }

  /** Starts the span of a transaction, which begins a trace. */
  Span start(SpanBuilder builder, TransactionId id) {
    next.set(of(id));
    try {
      return builder.setNoParent().startSpan();
    } finally {
      next.remove();
    }
  }

  @Override
  public String generateTraceId() {
    SpanContext wanted = next.get();
    return wanted == null ? random.generateTraceId() : wanted.getTraceId();
  }

  @Override
  public String generateSpanId() {
    SpanContext wanted = next.get();
    return wanted == null ? random.generateSpanId() : wanted.getSpanId();
  }
}

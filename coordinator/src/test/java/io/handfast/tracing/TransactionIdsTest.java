package io.handfast.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.transaction.TransactionId;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.Test;

/** A transaction's trace is found by its id alone, and no other trace has that id. */
class TransactionIdsTest {

  private static final TransactionId ID = new TransactionId("n1", "0a1b2c3d", 4, 43);

  private final TransactionIds ids = new TransactionIds();
  private final Tracer tracer = SdkTracerProvider.builder().setIdGenerator(ids).build().get("test");

  /** Computed with {@code printf %s n1.0a1b2c3d.4.17 | sha256sum}. */
  @Test
  void theIdsAreTheFirstDigitsOfTheDigest() {
    SpanContext found = TransactionIds.of(ID);

    assertThat(ID).hasToString("n1.0a1b2c3d.4.17");
    assertThat(found.getTraceId() + found.getSpanId())
        .isEqualTo("e625b6a212ef477c2f57c7e06d12e3b7636df6edab947857");
    assertThat(found.isSampled()).isTrue();
  }

  @Test
  void theSpanOfATransactionHasThemAndItsChildrenHaveOthers() {
    Span whole = ids.start(tracer.spanBuilder("whole"), ID);
    Span other = tracer.spanBuilder("other").setNoParent().startSpan();

    assertThat(whole.getSpanContext().getTraceId()).isEqualTo(TransactionIds.of(ID).getTraceId());
    assertThat(whole.getSpanContext().getSpanId()).isEqualTo(TransactionIds.of(ID).getSpanId());
    assertThat(other.getSpanContext().getTraceId())
        .isNotEqualTo(whole.getSpanContext().getTraceId());
    assertThat(other.getSpanContext().getSpanId()).isNotEqualTo(whole.getSpanContext().getSpanId());
  }
}

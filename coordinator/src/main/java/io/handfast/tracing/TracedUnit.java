package io.handfast.tracing;

import io.handfast.event.Event.UnitEnded;
import io.handfast.event.Event.UnitReceived;
import io.handfast.event.ObservedDelivery;
import io.handfast.input.WireName;
import io.handfast.message.Message;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one unit of work: one of its own, and one for each message that came with a trace.
 */
final class TracedUnit {

  private static final int ASCII_END = 128;

  private static final TextMapGetter<Message> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Message message) {
          return message.headers().keySet();
        }

        @Override
        public @Nullable String get(@Nullable Message message, String name) {
          return message != null
                  && message.headers().get(name) instanceof String text
                  && text.chars().allMatch(c -> c < ASCII_END) // some are not looked at before use
              ? text
              : null;
        }
      };

  private final Tracing tracing;
  private final UnitReceived received;
  private final Map<Message, Span> spans = new IdentityHashMap<>();
  private final Span unit;

  /**
   * The messages have come.
   *
   * @param now in nanoseconds since 1970
   */
  TracedUnit(Tracing tracing, UnitReceived received, long now) {
    this.tracing = tracing;
    this.received = received;
    List<Message> messages = received.messages();
    List<Carried> traced =
        messages.stream().map(Carried::by).filter(carried -> carried.span().isValid()).toList();
    SpanBuilder builder =
        described("unit of work " + received.delivery().name(), now - received.nanos())
            .setAttribute(SpanAttributes.MESSAGES, (long) messages.size());
    traced.forEach(carried -> builder.addLink(carried.span())); // of which the first are kept
    unit = tracing.start(builder, received.transaction());
    traced.forEach(
        carried -> spans.put(carried.message(), spanOf(carried.message(), carried.context(), now)));
  }

  /** A message with the trace that it came with, which may be none. */
  private record Carried(Message message, Context context) {

    static Carried by(Message message) {
      return new Carried(message, Tracing.CARRIED.extract(Context.root(), message, HEADERS));
    }

    SpanContext span() {
      return Span.fromContext(context).getSpanContext();
    }
  }

  private Span spanOf(Message message, Context context, long now) {
    TransactionId transaction = received.transaction();
    return described("process " + received.delivery().source().name(), now)
        .setParent(context)
        .addLink(unit.getSpanContext())
        .setAttribute(SpanAttributes.MESSAGE, message.id())
        .setAttribute(
            SpanAttributes.TRANSACTION, transaction == null ? null : transaction.toString())
        .startSpan();
  }

  private SpanBuilder described(String name, long start) {
    ObservedDelivery delivery = received.delivery();
    SpanBuilder builder =
        tracing
            .builder(name)
            .setSpanKind(SpanKind.CONSUMER)
            .setStartTimestamp(start, TimeUnit.NANOSECONDS)
            .setAttribute(SpanAttributes.SYSTEM, "artemis")
            .setAttribute(SpanAttributes.SOURCE, delivery.source().name())
            .setAttribute(SpanAttributes.OPERATION, "process")
            .setAttribute(SpanAttributes.OPERATION_TYPE, "process")
            .setAttribute(SpanAttributes.DELIVERY, delivery.name())
            .setAttribute(SpanAttributes.GUARANTEE, WireName.of(delivery.guarantee()));
    String subscription = delivery.source().subscription();
    return subscription == null
        ? builder
        : builder.setAttribute(SpanAttributes.SUBSCRIPTION, subscription);
  }

  /** A message that came without a trace goes on in the unit's. */
  Map<String, String> contextOf(Message message) {
    return Tracing.carrying(spans.getOrDefault(message, unit));
  }

  /** The unit first: under pressure the last spans are dropped, and all others refer to it. */
  void end(UnitEnded ended) {
    long now = tracing.now();
    TransactionStatus status = ended.outcome().status();
    String reason = ended.outcome().reason();
    Tracing.conclude(unit, status, reason, now);
    spans.forEach(
        (message, span) -> {
          String cause = ended.refused().get(message.id());
          if (cause == null) {
            Tracing.conclude(span, status, reason, now);
          } else {
            Tracing.conclude(span, TransactionStatus.ROLLED_BACK, cause, now);
          }
        });
  }
}

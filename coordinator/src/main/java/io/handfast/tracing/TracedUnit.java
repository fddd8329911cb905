package io.handfast.tracing;

import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.UnitTrace;
import io.handfast.input.WireName;
import io.handfast.message.Message;
import io.handfast.transaction.Outcome;
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

/** The spans of one unit of work: its own, and one for each message that came with a trace. */
final class TracedUnit implements UnitTrace {

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
  private final String delivery;
  private final DeliverySpecification specification;
  private final @Nullable TransactionId transaction;
  private final Map<Message, Span> spans = new IdentityHashMap<>();
  private Span unit = Span.getInvalid();

  TracedUnit(
      Tracing tracing,
      String delivery,
      DeliverySpecification specification,
      @Nullable TransactionId transaction) {
    this.tracing = tracing;
    this.delivery = delivery;
    this.specification = specification;
    this.transaction = transaction;
  }

  /**
   * The messages have come.
   *
   * @param now in nanoseconds since 1970
   * @param waitedNanos how long ago the source was asked for them
   */
  void begin(List<Message> messages, long now, long waitedNanos) {
    List<Carried> traced =
        messages.stream().map(Carried::by).filter(carried -> carried.span().isValid()).toList();
    SpanBuilder builder =
        described("unit of work " + delivery, now - waitedNanos)
            .setAttribute(Attributes.MESSAGES, (long) messages.size());
    traced.forEach(carried -> builder.addLink(carried.span())); // of which the first are kept
    unit = tracing.start(builder, transaction);
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
    return described("process " + specification.source().name(), now)
        .setParent(context)
        .addLink(unit.getSpanContext())
        .setAttribute(Attributes.MESSAGE, message.id())
        .setAttribute(Attributes.TRANSACTION, transaction == null ? null : transaction.toString())
        .startSpan();
  }

  private SpanBuilder described(String name, long start) {
    SpanBuilder builder =
        tracing
            .builder(name)
            .setSpanKind(SpanKind.CONSUMER)
            .setStartTimestamp(start, TimeUnit.NANOSECONDS)
            .setAttribute(Attributes.SYSTEM, "artemis")
            .setAttribute(Attributes.SOURCE, specification.source().name())
            .setAttribute(Attributes.OPERATION, "process")
            .setAttribute(Attributes.OPERATION_TYPE, "process")
            .setAttribute(Attributes.DELIVERY, delivery)
            .setAttribute(Attributes.GUARANTEE, WireName.of(specification.guarantee()));
    String subscription = specification.source().subscription();
    return subscription == null
        ? builder
        : builder.setAttribute(Attributes.SUBSCRIPTION, subscription);
  }

  /** A message that came without a trace goes on in the unit's. */
  @Override
  public Map<String, String> contextOf(Message message) {
    return Harmless.or(Map.of(), () -> Tracing.carrying(spans.getOrDefault(message, unit)));
  }

  @Override
  public void ended(Outcome outcome, Map<String, String> refused) {
    tracing.forget(transaction);
    Harmless.run(() -> conclude(outcome, refused));
  }

  /** The unit first: under pressure the last spans are dropped, and all others refer to it. */
  private void conclude(Outcome outcome, Map<String, String> refused) {
    long now = tracing.now();
    TransactionStatus status = outcome.status();
    String reason = outcome.reason();
    Tracing.conclude(unit, status, reason, now);
    spans.forEach(
        (message, span) -> {
          String cause = refused.get(message.id());
          if (cause == null) {
            Tracing.conclude(span, status, reason, now);
          } else {
            Tracing.conclude(span, TransactionStatus.ROLLED_BACK, cause, now);
          }
        });
  }
}

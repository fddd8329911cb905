package io.handfast.tracing;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.UnitTrace;
import io.handfast.delivery.UnitTracer;
import io.handfast.event.Event;
import io.handfast.event.Event.BranchRecovered;
import io.handfast.event.Subscriber;
import io.handfast.input.Shortened;
import io.handfast.input.WireName;
import io.handfast.timeline.StoryWatch;
import io.handfast.timeline.Timeline;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The traces of this node.
 *
 * <p>A transaction has a trace of its own, with a span for each phase. A message that comes with a
 * trace has a span in that trace too, which is linked with the transaction's; copies that are
 * forwarded and calls of handlers go on from there. What spans there are, with their attributes, is
 * documented in {@code docs/tracing.md}. Where the SDK is disabled nobody is told of anything.
 * Thread-safe.
 */
@Singleton
public class Tracing implements Subscriber {

  /**
   * How traces are carried in messages, whatever HTTP calls use: its names are Java identifiers, as
   * the properties of JMS messages must be.
   */
  static final TextMapPropagator CARRIED = W3CTraceContextPropagator.getInstance();

  private static final int LONGEST_TEXT = 500;

  private final boolean isOff;
  private final Tracer tracer;
  private final TransactionIds ids;
  private final Clock clock;
  private final Map<TransactionId, Span> open = new ConcurrentHashMap<>();

  public Tracing(
      @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean isOff,
      OpenTelemetry telemetry,
      TransactionIds ids,
      Clock clock) {
    this.isOff = isOff;
    this.tracer = telemetry.getTracer("io.handfast");
    this.ids = ids;
    this.clock = clock;
  }

  /** Whether no trace is made, so that no event needs to be told here. */
  public boolean isOff() {
    return isOff;
  }

  /** Who traces the units of deliveries. */
  public UnitTracer.Factory units() {
    return isOff ? UnitTracer.Factory.OFF : this::unitsOf;
  }

  private UnitTracer unitsOf(String delivery, DeliverySpecification specification) {
    return (transaction, messages, asked) ->
        Harmless.or(
            UnitTrace.NONE,
            () -> {
              TracedUnit unit = new TracedUnit(this, delivery, specification, transaction);
              unit.begin(messages, now(), System.nanoTime() - asked);
              return unit;
            });
  }

  /** Who makes spans of the steps of transactions, and of clients' transactions. */
  public StoryWatch stories() {
    return isOff ? StoryWatch.NONE : new Stories();
  }

  @Override
  public void on(Event event) {
    if (event instanceof BranchRecovered branch) {
      recovered(branch);
    }
  }

  /** What recovery does has a trace of its own, linked with what it is done for. */
  private void recovered(BranchRecovered branch) {
    builder("recover " + branch.participant())
        .setNoParent()
        .addLink(TransactionIds.of(branch.transaction()))
        .setAttribute(Attributes.TRANSACTION, branch.transaction().toString())
        .setAttribute(Attributes.PARTICIPANT, branch.participant())
        .setAttribute(Attributes.ACTION, branch.action())
        .startSpan()
        .end();
  }

  /**
   * What a message carries that is sent by the request which this thread answers.
   *
   * @return headers by their names, each a Java identifier; none where nothing is traced
   */
  public Map<String, String> contextOfRequest() {
    return isOff ? Map.of() : Harmless.or(Map.of(), () -> carrying(Span.current()));
  }

  /** The headers by which a trace goes on from a span. */
  static Map<String, String> carrying(Span span) {
    Map<String, String> headers = new HashMap<>();
    CARRIED.inject(Context.root().with(span), headers, Map::put);
    return headers;
  }

  SpanBuilder builder(String name) {
    return tracer.spanBuilder(name);
  }

  /** Starts the span that the steps of a transaction belong to. */
  Span start(SpanBuilder builder, @Nullable TransactionId id) {
    if (id == null) {
      return builder.setNoParent().startSpan();
    }
    Span span = ids.start(builder.setAttribute(Attributes.TRANSACTION, id.toString()), id);
    open.put(id, span);
    return span;
  }

  /** No further step of a transaction is told. */
  void forget(@Nullable TransactionId id) {
    if (id != null) {
      open.remove(id);
    }
  }

  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  long now() {
    Instant now = clock.instant();
    return SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  static void conclude(Span span, TransactionStatus status, @Nullable String reason, long end) {
    if (isError(status)) {
      fail(span, reason);
    }
    end(span, status, end);
  }

  private static boolean isError(TransactionStatus status) {
    return status != TransactionStatus.COMMITTED && status != TransactionStatus.COMMITTING;
  }

  private static void end(Span span, TransactionStatus status, long end) {
    span.setAttribute(Attributes.OUTCOME, WireName.of(status));
    span.end(end, NANOSECONDS);
  }

  private static void fail(Span span, @Nullable String reason) {
    span.setStatus(StatusCode.ERROR, Shortened.of(String.valueOf(reason), LONGEST_TEXT));
  }

  private final class Stories implements StoryWatch {

    /** A unit's span is there already; a client's begins here, and knows the request. */
    @Override
    public void begun(Timeline story) {
      if (story.delivery() == null) {
        Harmless.run(
            () -> {
              SpanBuilder builder = builder("transaction").setStartTimestamp(story.begunAt());
              start(builder.addLink(Span.current().getSpanContext()), story.id());
            });
      }
    }

    @Override
    public void stepped(Timeline story, Timeline.Step step) {
      Span whole = open.get(story.id());
      if (whole != null) {
        Harmless.run(() -> make(step, story.id(), whole));
      }
    }

    private void make(Timeline.Step step, TransactionId id, Span whole) {
      long end = now();
      SpanBuilder builder =
          builder(nameOf(step))
              .setParent(Context.root().with(whole))
              .setSpanKind(step.participant() == null ? SpanKind.INTERNAL : SpanKind.CLIENT)
              .setAttribute(Attributes.TRANSACTION, id.toString())
              .setStartTimestamp(end - step.tookNanos(), NANOSECONDS);
      if (step.participant() != null) {
        builder.setAttribute(Attributes.PARTICIPANT, step.participant());
      }
      Span span = builder.startSpan();
      if (step.isFailure()) {
        fail(span, step.detail());
      }
      span.end(end, NANOSECONDS);
    }

    private String nameOf(Timeline.Step step) {
      return step.participant() == null ? step.name() : step.name() + " " + step.participant();
    }

    @Override
    public void ended(Timeline story) {
      Span whole = story.delivery() == null ? open.remove(story.id()) : null;
      if (whole != null) {
        Harmless.run(() -> conclude(whole, story));
      }
    }

    /** To be rolled back before it was to be committed is what a client may want. */
    private void conclude(Span whole, Timeline story) {
      boolean isGivenUp =
          story.status() == TransactionStatus.ROLLED_BACK
              && story.steps().stream().noneMatch(step -> step.name().equals("prepare"));
      if (!isGivenUp && isError(story.status())) {
        fail(whole, story.reason());
      }
      end(whole, story.status(), now());
    }
  }
}

package io.handfast.tracing;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.handfast.event.Event;
import io.handfast.event.Event.BranchRecovered;
import io.handfast.event.Event.ClientTransactionBegun;
import io.handfast.event.Event.ClientTransactionEnded;
import io.handfast.event.Event.UnitEnded;
import io.handfast.event.Event.UnitReceived;
import io.handfast.event.Subscriber;
import io.handfast.event.TraceContext;
import io.handfast.input.Excerpt;
import io.handfast.input.WireName;
import io.handfast.message.Message;
import io.handfast.transaction.ErrorText;
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
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Records OpenTelemetry spans of units, messages and calls.
 *
 * <p>A transaction has a trace of its own, with a span for each phase. A message that comes with a
 * trace has a span in that trace too, which is linked with the transaction's; copies that are
 * forwarded and calls of handlers go on from there. What spans there are, with their attributes, is
 * documented in {@code docs/reference/tracing.md}. Where the SDK is disabled nothing is recorded.
 * Thread-safe.
 */
@Singleton
public class Tracing implements Subscriber, TraceContext {

  /**
   * How traces are carried in messages, whatever HTTP calls use: its names are Java identifiers, as
   * the properties of JMS messages must be.
   */
  static final TextMapPropagator CARRIED = W3CTraceContextPropagator.getInstance();

  private static final Logger LOG = Logger.getLogger(Tracing.class);
  private static final int LONGEST_TEXT = 500;

  private final boolean isOff;
  private final Tracer tracer;
  private final TransactionIds ids;
  private final Clock clock;
  private final Map<TransactionId, Whole> open = new ConcurrentHashMap<>();
  private final Map<UnitReceived, TracedUnit> units =
      Collections.synchronizedMap(new IdentityHashMap<>());
  private final AtomicBoolean isTold = new AtomicBoolean();

  /** A transaction that steps belong to. */
  private static final class Whole {

    private final Span span;
    private volatile boolean isPrepared;

    Whole(Span span) {
      this.span = span;
    }
  }

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

  @Override
  public void on(Event event) {
    if (event instanceof UnitReceived unit && !unit.delivery().isTemporary()) {
      units.put(unit, new TracedUnit(this, unit, now()));
    } else if (event instanceof ClientTransactionBegun begun) {
      SpanBuilder builder = builder("transaction").setStartTimestamp(clock.instant());
      start(builder.addLink(Span.current().getSpanContext()), begun.transaction());
    }
    if (event instanceof Event.Step step) {
      stepped(step);
    } else if (event instanceof UnitEnded ended) {
      ended(ended);
    } else if (event instanceof ClientTransactionEnded ended) {
      ended(ended);
    } else if (event instanceof BranchRecovered branch) {
      recovered(branch);
    }
  }

  private void stepped(Event.Step step) {
    TransactionId id = step.transaction();
    Whole whole = id == null ? null : open.get(id);
    if (whole == null) {
      return;
    }
    whole.isPrepared |= step.step().equals("prepare");
    long end = now();
    String participant = step.participant();
    SpanBuilder builder =
        builder(participant == null ? step.step() : step.step() + " " + participant)
            .setParent(Context.root().with(whole.span))
            .setSpanKind(participant == null ? SpanKind.INTERNAL : SpanKind.CLIENT)
            .setAttribute(SpanAttributes.TRANSACTION, id.toString())
            .setStartTimestamp(end - step.nanos(), NANOSECONDS);
    if (participant != null) {
      builder.setAttribute(SpanAttributes.PARTICIPANT, participant);
    }
    Span span = builder.startSpan();
    Exception failure = step.failure();
    if (failure != null) {
      fail(span, ErrorText.readable(failure));
    }
    span.end(end, NANOSECONDS);
  }

  private void ended(UnitEnded ended) {
    forget(ended.unit().transaction());
    TracedUnit unit = units.remove(ended.unit());
    if (unit != null) {
      unit.end(ended);
    }
  }

  /** To be rolled back before it was to be committed is what a client may want. */
  private void ended(ClientTransactionEnded ended) {
    Whole whole = forget(ended.transaction());
    if (whole != null) {
      TransactionStatus status = ended.outcome().status();
      boolean isGivenUp = status == TransactionStatus.ROLLED_BACK && !whole.isPrepared;
      if (!isGivenUp && isError(status)) {
        fail(whole.span, ended.outcome().reason());
      }
      end(whole.span, status, now());
    }
  }

  /** What recovery does has a trace of its own, linked with what it is done for. */
  private void recovered(BranchRecovered branch) {
    builder("recover " + branch.participant())
        .setNoParent()
        .addLink(TransactionIds.of(branch.transaction()))
        .setAttribute(SpanAttributes.TRANSACTION, branch.transaction().toString())
        .setAttribute(SpanAttributes.PARTICIPANT, branch.participant())
        .setAttribute(SpanAttributes.ACTION, branch.action())
        .startSpan()
        .end();
  }

  /**
   * What a message carries that is sent by the request which this thread answers.
   *
   * @return headers by their names, each a Java identifier; none where nothing is traced
   */
  public Map<String, String> contextOfRequest() {
    return isOff ? Map.of() : orEmpty(() -> carrying(Span.current()));
  }

  @Override
  public Map<String, String> of(UnitReceived received, Message message) {
    TracedUnit unit = isOff ? null : units.get(received);
    return unit == null ? Map.of() : orEmpty(() -> unit.contextOf(message));
  }

  /** A failure here would be taken for one of what is to carry the trace. */
  private Map<String, String> orEmpty(Supplier<Map<String, String>> context) {
    try {
      return context.get();
    } catch (RuntimeException e) {
      if (isTold.compareAndSet(false, true)) {
        LOG.warnf(e, "tracing failed: spans are missing, and nothing else; this is said once");
      }
      return Map.of();
    }
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
    Span span = ids.start(builder.setAttribute(SpanAttributes.TRANSACTION, id.toString()), id);
    open.put(id, new Whole(span));
    return span;
  }

  /** Further steps of a transaction are not told; null where its steps were not. */
  private @Nullable Whole forget(@Nullable TransactionId id) {
    return id == null ? null : open.remove(id);
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
    span.setAttribute(SpanAttributes.OUTCOME, WireName.of(status));
    span.end(end, NANOSECONDS);
  }

  private static void fail(Span span, @Nullable String reason) {
    span.setStatus(StatusCode.ERROR, Excerpt.of(String.valueOf(reason), LONGEST_TEXT));
  }
}

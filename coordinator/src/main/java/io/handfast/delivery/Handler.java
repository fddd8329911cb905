package io.handfast.delivery;

import io.handfast.input.Excerpt;
import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import io.handfast.remote.BoundedHttp;
import io.smallrye.faulttolerance.api.TypedGuard;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * An HTTP endpoint that is called with each message, inside the unit of work.
 *
 * <p>Its answer decides: 2xx done, 404 an attempt has failed, another 4xx that is about the message
 * refuses it for good. Anything else, no answer, and the 4xx that say nothing about the message,
 * are tried again and count no attempt. A breaker keeps a handler that is down from being called
 * all the time, and none calls it before the time that its {@code Retry-After} names. Thread-safe.
 */
final class Handler {

  /** The handler has not said yes or no; the message is not at fault. */
  static final class UnansweredException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Duration rest;

    UnansweredException(String message, Duration rest) {
      super(message);
      this.rest = rest;
    }

    /** How long the handler is to be left alone; zero where it has not said so. */
    Duration rest() {
      return rest;
    }
  }

  /** What an answer means for the message. */
  enum Verdict {
    /** It has taken effect. */
    DONE,
    /** An attempt has failed; a later one may succeed. */
    FAILED,
    /** It is refused for good. */
    REFUSED
  }

  /**
   * What the handler said.
   *
   * @param reason why the message has not taken effect, or nothing
   */
  record Answer(Verdict verdict, String reason) {

    boolean isDone() {
      return verdict == Verdict.DONE;
    }
  }

  /** A whole answer. */
  record Reply(int status, String body) {}

  /** Stands between the handler and those who call it. */
  @FunctionalInterface
  interface Guard {
    /** Makes the call, or throws {@link CircuitBreakerOpenException} without making it. */
    Reply call(Callable<Reply> call) throws Exception;
  }

  /** An answer that says to try again, and perhaps when. */
  private static final class TryLaterException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient Duration rest;

    TryLaterException(String message, Duration rest) {
      super(message);
      this.rest = rest;
    }
  }

  private static final Pattern SECONDS = Pattern.compile("0*([0-9]+)");

  /** Of a number of seconds that is read. */
  private static final int MOST_DIGITS = 9;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int CALLS_LOOKED_AT = 10;
  private static final Duration REST = Duration.ofSeconds(1);
  private static final int LONGEST_REASON = 500;
  private static final int NOT_FOUND = 404;

  /** Longer than this no handler is left alone, whatever it asks for. */
  private static final Duration LONGEST_REST = Duration.ofHours(1);

  /**
   * About the caller, the way or the moment, not about the message: credentials (401, 403, 407), a
   * slow request (408), too early (425), too many (429).
   */
  private static final Set<Integer> NOT_ABOUT_THE_MESSAGE = Set.of(401, 403, 407, 408, 425, 429);

  private final URI url;
  private final Duration timeout;
  private final Clock clock;
  private final BoundedHttp client;
  private final Guard breaker;
  private volatile String lastFailure = "";
  private volatile Instant restsUntil = Instant.MIN;

  Handler(DeliverySpecification.HandlerCall call, Clock clock) {
    this(call, clock, breaker()::call);
  }

  Handler(DeliverySpecification.HandlerCall call, Clock clock, Guard breaker) {
    this.clock = clock;
    this.url = call.url();
    this.timeout = call.timeout();
    this.client = new BoundedHttp(HttpClient.Version.HTTP_2, CONNECT_TIMEOUT);
    this.breaker = breaker;
  }

  private static TypedGuard<Reply> breaker() {
    return TypedGuard.create(Reply.class)
        .withCircuitBreaker()
        .requestVolumeThreshold(CALLS_LOOKED_AT)
        .delay(REST.toMillis(), ChronoUnit.MILLIS)
        .done()
        .build();
  }

  /**
   * Calls the handler.
   *
   * @param header {@code Handfast-Transaction}, or {@code Handfast-Delivery-Attempt} where there is
   *     no transaction to call back into
   * @param context further headers, by which the message's trace goes on in the handler
   * @param waiting is told what is waited for, which another thread may cancel
   * @throws UnansweredException no answer, or one that says to try again
   */
  Answer call(
      Message message,
      String header,
      String id,
      Map<String, String> context,
      Consumer<Future<?>> waiting)
      throws UnansweredException, InterruptedException {
    Duration rest = Duration.between(clock.instant(), restsUntil);
    if (rest.compareTo(Duration.ZERO) > 0) {
      throw unanswered(lastFailure + " (not called before " + restsUntil + ")", rest);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header(header, id)
            .header("Handfast-Message-Id", message.id())
            .header("Content-Type", contentType(message))
            .POST(body(message.content()));
    context.forEach(request::header);
    try {
      Reply reply = breaker.call(() -> answered(request.build(), waiting));
      return new Answer(verdict(reply), reason(reply));
    } catch (InterruptedException e) {
      throw e;
    } catch (CircuitBreakerOpenException e) { // says nothing of what is wrong with the handler
      throw unanswered(
          lastFailure + " (called only every " + REST + " while it fails)", Duration.ZERO);
    } catch (Exception e) {
      lastFailure = describe(e);
      Duration asked = e instanceof TryLaterException later ? later.rest : Duration.ZERO;
      if (!asked.isZero()) {
        restsUntil = clock.instant().plus(asked).truncatedTo(ChronoUnit.SECONDS);
        throw unanswered(lastFailure + " (not called before " + restsUntil + ")", asked);
      }
      throw unanswered(lastFailure, asked);
    }
  }

  private static HttpRequest.BodyPublisher body(MessageBody body) {
    return body.binary() != null
        ? HttpRequest.BodyPublishers.ofByteArray(body.binary())
        : HttpRequest.BodyPublishers.ofString(body.text() == null ? "" : body.text());
  }

  private static String contentType(Message message) {
    if (message.content().binary() != null) {
      return message.contentType();
    }
    String text = message.body() == null ? "" : message.body().stripLeading();
    boolean isJson = text.startsWith("{") || text.startsWith("[");
    return isJson ? "application/json" : "text/plain; charset=utf-8";
  }

  private UnansweredException unanswered(String why, Duration rest) {
    return new UnansweredException("handler " + url + ": " + why, rest);
  }

  private static Verdict verdict(Reply reply) {
    if (reply.status() / 100 == 2) {
      return Verdict.DONE;
    }
    return reply.status() == NOT_FOUND ? Verdict.FAILED : Verdict.REFUSED;
  }

  private Reply answered(HttpRequest request, Consumer<Future<?>> waiting)
      throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(request, timeout, waiting);
    int status = response.statusCode();
    boolean isJudged = status / 100 == 2 || status / 100 == 4;
    if (!isJudged || NOT_ABOUT_THE_MESSAGE.contains(status)) {
      String body = Excerpt.of(response.body().strip(), LONGEST_REASON);
      throw new TryLaterException(
          "answered "
              + status
              + (status / 100 == 3 ? ", and redirects are not followed" : "")
              + (body.isEmpty() || !isJudged ? "" : ": " + body),
          rest(response.headers().firstValue("Retry-After").orElse("")));
    }
    return new Reply(status, response.body().strip());
  }

  /** Seconds, or a moment (RFC 9110, section 10.2.3); what is neither says nothing. */
  private Duration rest(String retryAfter) {
    Duration asked;
    Matcher seconds = SECONDS.matcher(retryAfter);
    try {
      asked =
          seconds.matches()
              ? seconds(seconds.group(1))
              : Duration.between(
                  clock.instant(),
                  Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(retryAfter)));
    } catch (DateTimeParseException e) {
      return Duration.ZERO;
    }
    if (asked.isNegative()) {
      return Duration.ZERO;
    }
    return asked.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : asked;
  }

  /** A number of any length (RFC 9110, section 10.2.3). */
  private static Duration seconds(String digits) {
    return digits.length() > MOST_DIGITS
        ? LONGEST_REST
        : Duration.ofSeconds(Long.parseLong(digits));
  }

  private static String reason(Reply reply) {
    String body = reply.body();
    String text = "handler answered " + reply.status() + (body.isEmpty() ? "" : ": " + body);
    return Excerpt.of(text, LONGEST_REASON);
  }

  private static String describe(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}

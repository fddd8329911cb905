package io.handfast.delivery;

import io.handfast.input.Shortened;
import io.handfast.message.MessageBody;
import io.handfast.message.ReceivedMessage;
import io.smallrye.faulttolerance.api.TypedGuard;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * An HTTP endpoint that is called with each message, inside the unit of work.
 *
 * <p>Its answer decides: 2xx done, 4xx the message is at fault, anything else or no answer try
 * again. A breaker keeps a handler that is down from being called all the time. Thread-safe.
 */
final class Handler {

  /** The handler has not said yes or no; the message is not at fault. */
  static final class UnansweredException extends Exception {

    private static final long serialVersionUID = 1L;

    UnansweredException(String message) {
      super(message);
    }
  }

  /**
   * What the handler said.
   *
   * @param isDone whether the message has taken effect
   * @param reason why it has not, or nothing
   */
  record Answer(boolean isDone, String reason) {}

  private record Reply(int status, String body) {}

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int CALLS_LOOKED_AT = 10;
  private static final Duration REST = Duration.ofSeconds(1);
  private static final int LONGEST_REASON = 500;

  private final URI url;
  private final Duration timeout;
  private final HttpClient client;
  private final TypedGuard<Reply> breaker;
  private volatile String lastFailure = "";

  Handler(DeliverySpecification.HandlerCall call) {
    this.url = call.url();
    this.timeout = call.timeout();
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.breaker =
        TypedGuard.create(Reply.class)
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
   * @throws UnansweredException no answer, or one that says to try again
   */
  Answer call(ReceivedMessage message, String header, String id, Map<String, String> context)
      throws UnansweredException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header(header, id)
            .header("Handfast-Message-Id", message.id())
            .header("Content-Type", contentType(message))
            .POST(body(message.content()));
    context.forEach(request::header);
    try {
      Reply reply = breaker.call(() -> answered(request.build()));
      return new Answer(reply.status() / 100 == 2, reason(reply));
    } catch (InterruptedException e) {
      throw e;
    } catch (CircuitBreakerOpenException e) { // says nothing of what is wrong with the handler
      throw unanswered(lastFailure + " (called only every " + REST + " while it fails)");
    } catch (Exception e) {
      lastFailure = describe(e);
      throw unanswered(lastFailure);
    }
  }

  private static HttpRequest.BodyPublisher body(MessageBody body) {
    return body.binary() != null
        ? HttpRequest.BodyPublishers.ofByteArray(body.binary())
        : HttpRequest.BodyPublishers.ofString(body.text() == null ? "" : body.text());
  }

  private static String contentType(ReceivedMessage message) {
    if (message.content().binary() != null) {
      return message.contentType();
    }
    String text = message.body() == null ? "" : message.body().stripLeading();
    boolean isJson = text.startsWith("{") || text.startsWith("[");
    return isJson ? "application/json" : "text/plain; charset=utf-8";
  }

  private UnansweredException unanswered(String why) {
    return new UnansweredException("handler " + url + ": " + why);
  }

  private Reply answered(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    int kind = response.statusCode() / 100;
    if (kind != 2 && kind != 4) {
      throw new IOException("answered " + response.statusCode());
    }
    return new Reply(response.statusCode(), response.body().strip());
  }

  private static String reason(Reply reply) {
    String body = reply.body();
    String text = "handler answered " + reply.status() + (body.isEmpty() ? "" : ": " + body);
    return Shortened.of(text, LONGEST_REASON);
  }

  private static String describe(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}

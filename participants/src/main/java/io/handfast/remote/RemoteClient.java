package io.handfast.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.concurrent.Deadline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Calls prepare, commit and rollback of a remote service over HTTP.
 *
 * <p>A call may reach the service more than once, with the same headers each time: {@code
 * Handfast-Transaction} and {@code Handfast-Participant} together name its branch. Thread-safe.
 */
public final class RemoteClient {

  /** What a service answers when it is asked to prepare. */
  enum Vote {
    /** It can commit, and will do so whenever it is told to, also after a crash. */
    COMMIT,
    /** It cannot, and has undone its part. */
    ROLLBACK,
    /** It has nothing to commit, and need not be told the outcome. */
    READ_ONLY
  }

  /** What a service answers when it is told the outcome. */
  public enum Confirmation {
    /** It has done so, now or before. */
    DONE,
    /** It has decided otherwise on its own. */
    HEURISTIC
  }

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int ASK_AGAIN = 503;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Duration timeout;
  private final BoundedHttp client = new BoundedHttp(HttpClient.Version.HTTP_1_1, CONNECT_TIMEOUT);

  /**
   * A client for any number of services.
   *
   * @param timeout the longest that one call may take, the body of its answer included
   */
  public RemoteClient(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * Asks a service to prepare. One that says "ask again" is asked again, for as long as one call
   * may take.
   *
   * @throws IOException it has not answered, or not understandably: its vote is not known
   */
  Vote prepare(RemoteAddress service) throws IOException {
    Deadline deadline = Deadline.after(timeout);
    HttpResponse<String> answer = post(service, "prepare");
    while (answer.statusCode() == ASK_AGAIN && !deadline.isOver()) {
      pause();
      answer = post(service, "prepare");
    }
    if (answer.statusCode() == CONFLICT) {
      return Vote.ROLLBACK;
    }
    if (answer.statusCode() != OK) {
      throw unexpected("prepare", answer);
    }
    return voteIn(answer);
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it said to ask again", e);
    }
  }

  private static Vote voteIn(HttpResponse<String> answer) throws IOException {
    String vote;
    try {
      vote = JSON.readTree(answer.body()).path("vote").asText();
    } catch (JsonProcessingException e) {
      throw unexpected("prepare", answer);
    }
    return switch (vote) {
      case "commit" -> Vote.COMMIT;
      case "rollback" -> Vote.ROLLBACK;
      case "read-only" -> Vote.READ_ONLY;
      default -> throw unexpected("prepare", answer);
    };
  }

  /**
   * Tells a service to commit.
   *
   * @throws IOException it has not confirmed: it must be told again
   */
  public Confirmation commit(RemoteAddress service) throws IOException {
    return confirmation("commit", post(service, "commit"));
  }

  /**
   * Tells a service to roll back. One that knows nothing of the transaction has nothing to undo.
   *
   * @throws IOException it has not confirmed: it must be told again
   */
  public Confirmation rollback(RemoteAddress service) throws IOException {
    HttpResponse<String> answer = post(service, "rollback");
    return answer.statusCode() == NOT_FOUND ? Confirmation.DONE : confirmation("rollback", answer);
  }

  private static Confirmation confirmation(String call, HttpResponse<String> answer)
      throws IOException {
    if (answer.statusCode() == CONFLICT) {
      return Confirmation.HEURISTIC;
    }
    if (answer.statusCode() / 100 != 2) {
      throw unexpected(call, answer);
    }
    return Confirmation.DONE;
  }

  private static IOException unexpected(String call, HttpResponse<String> answer) {
    String body = answer.body().strip();
    return new IOException(
        "%s answered %d to %s%s"
            .formatted(
                answer.uri().getAuthority(),
                answer.statusCode(),
                call,
                body.isEmpty() ? "" : ": " + body.substring(0, Math.min(200, body.length()))));
  }

  private HttpResponse<String> post(RemoteAddress service, String call) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service.url() + "/" + call))
            .header("Handfast-Transaction", service.transaction())
            .header("Handfast-Participant", service.name())
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      return client.send(request, timeout, waiting -> {});
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IOException(service.url() + " does not answer: " + reason, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

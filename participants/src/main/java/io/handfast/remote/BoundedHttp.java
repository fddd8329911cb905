package io.handfast.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes HTTP calls that are bounded in time, and whose answers are bounded in bytes.
 *
 * <p>The time-out of {@link HttpRequest} ends with the headers (JDK 17 to 25, {@code
 * MultiExchange}): a peer that sends them and then nothing would be waited for without end, and one
 * that sends without end would fill the memory. Every HTTP client of this product sends through
 * here. Thread-safe.
 */
public final class BoundedHttp {

  /** Of an answer, so much is read and kept; the rest is cut off with the connection. */
  public static final int LONGEST_ANSWER = 64 * 1024;

  private final HttpClient client;

  /** A client that follows no redirects. */
  public BoundedHttp(HttpClient.Version version, Duration connectTimeout) {
    this.client =
        HttpClient.newBuilder()
            .version(version)
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @param timeout for all of it, from connecting to the last byte of the body
   * @param waiting is told what is waited for: cancelling it ends the exchange from another thread
   * @return the answer; the body's first {@link #LONGEST_ANSWER} bytes, read as UTF-8
   * @throws IOException there is no complete answer; what the peer did is not known
   */
  public HttpResponse<String> send(
      HttpRequest request, Duration timeout, Consumer<Future<?>> waiting)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, info -> new BoundedBody());
    waiting.accept(answer);
    boolean isOver = false;
    try {
      HttpResponse<String> complete = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      isOver = true;
      return complete;
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no complete answer within " + timeout);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed
          ? failed
          : new IOException(String.valueOf(e.getCause().getMessage()), e.getCause());
    } catch (CancellationException e) {
      throw new IOException("given up while waiting for the answer", e);
    } finally {
      if (!isOver) {
        answer.cancel(true); // closes the connection
      }
    }
  }

  private static final class BoundedBody implements BodySubscriber<String> {

    private final CompletableFuture<String> text = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription subscription;

    @Override
    public CompletionStage<String> getBody() {
      return text;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] part = new byte[Math.min(buffer.remaining(), LONGEST_ANSWER - bytes.size())];
        buffer.get(part);
        bytes.write(part, 0, part.length);
      }
      if (bytes.size() >= LONGEST_ANSWER) {
        Objects.requireNonNull(subscription).cancel();
        onComplete();
      }
    }

    @Override
    public void onError(Throwable failure) {
      text.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      text.complete(bytes.toString(StandardCharsets.UTF_8));
    }
  }
}

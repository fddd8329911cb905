package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.delivery.Handler.UnansweredException;
import io.handfast.delivery.Handler.Verdict;
import io.handfast.message.InMemoryMessage;
import io.handfast.transaction.SteppedClock;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a handler's answer means, and that every call of it ends. */
@Timeout(60)
class HandlerTest {

  private final SteppedClock clock = new SteppedClock();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicReference<String> answer = new AtomicReference<>();
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve);
    thread.setDaemon(true);
    thread.start();
  }

  /** Answers each connection with these bytes, and leaves it open unless they say otherwise. */
  private void serve() {
    try {
      while (true) {
        Socket socket = server.accept();
        calls.incrementAndGet();
        socket.getInputStream().read(new byte[64 * 1024]);
        OutputStream out = socket.getOutputStream();
        String text = answer.get();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
        if (text.endsWith("endless")) {
          fill(out);
        }
      }
    } catch (IOException e) {
      // The test is over, or the client has cut the answer off.
    }
  }

  private static void fill(OutputStream out) throws IOException {
    byte[] block = new byte[64 * 1024];
    while (true) {
      out.write(block);
    }
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private Handler handler(String timeout) {
    URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
    return new Handler(new HandlerCall(url, Duration.parse(timeout)), clock, Callable::call);
  }

  private Handler.Answer call(Handler handler) throws Exception {
    return call(handler, unused -> {});
  }

  private Handler.Answer call(Handler handler, Consumer<Future<?>> waiting) throws Exception {
    return handler.call(
        InMemoryMessage.received("a", Map.of()),
        "Handfast-Delivery-Attempt",
        "1",
        Map.of(),
        waiting);
  }

  private UnansweredException unanswered(Handler handler) {
    return catchThrowableOfType(UnansweredException.class, () -> call(handler));
  }

  private void answers(int status, String headers) {
    answer.set(
        "HTTP/1.1 "
            + status
            + " x\r\nConnection: close\r\n"
            + headers
            + "Content-Length: 4\r\n\r\nbusy");
  }

  @ParameterizedTest
  @CsvSource({"200,DONE", "204,DONE", "404,FAILED", "400,REFUSED", "409,REFUSED", "422,REFUSED"})
  void anAnswerAboutTheMessageIsAVerdict(int status, Verdict verdict) throws Exception {
    answer.set("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n\r\n");

    assertThat(call(handler("PT20S")).verdict()).isEqualTo(verdict);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 407, 408, 425, 429, 500, 503, 301})
  void anAnswerThatIsNotAboutTheMessageIsTriedAgain(int status) {
    answers(status, "WWW-Authenticate: Basic\r\nProxy-Authenticate: Basic\r\n");

    assertThat(unanswered(handler("PT20S"))).hasMessageContaining("answered " + status);
  }

  @Test
  void theHandlerIsNotCalledBeforeTheTimeThatItNames() throws Exception {
    answers(429, "Retry-After: 30\r\n");
    Handler handler = handler("PT20S");

    UnansweredException first = unanswered(handler);
    clock.advance(Duration.ofSeconds(10));
    UnansweredException second = unanswered(handler);

    assertThat(first).hasMessageContaining("answered 429: busy (not called before ");
    assertThat(first.rest()).isEqualTo(Duration.ofSeconds(30));
    assertThat(second.rest()).isBetween(Duration.ofSeconds(19), Duration.ofSeconds(20));
    assertThat(calls).hasValue(1);
    clock.advance(Duration.ofSeconds(21));
    answers(200, "");
    assertThat(call(handler).isDone()).isTrue();
  }

  @Test
  void aMomentIsUnderstoodAndNonsenseSaysNothing() {
    answers(503, "Retry-After: Tue, 01 Jan 2999 00:00:00 GMT\r\n");
    assertThat(unanswered(handler("PT20S")).rest()).as("bounded").isEqualTo(Duration.ofHours(1));
    answers(503, "Retry-After: 99999999999999999999\r\n");
    assertThat(unanswered(handler("PT20S")).rest()).as("any number").isEqualTo(Duration.ofHours(1));
    for (String nonsense : List.of("soon", "-5", "1.5")) {
      answers(503, "Retry-After: " + nonsense + "\r\n");
      assertThat(unanswered(handler("PT20S")).rest()).as(nonsense).isZero();
    }
  }

  @Test
  void headersAndThenNothingAreNoAnswer() {
    answer.set("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");

    assertThat(unanswered(handler("PT1S"))).hasMessageContaining("no complete answer within PT1S");
  }

  @Test
  void ofAnAnswerWithoutEndTheBeginningCounts() throws Exception {
    answer.set("HTTP/1.1 422 x\r\n\r\nno such customer, and so on: endless");

    Handler.Answer refused = call(handler("PT20S"));

    assertThat(refused.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(refused.reason()).startsWith("handler answered 422: no such customer");
  }

  @Test
  void aCallThatIsGivenUpEndsAtOnce() {
    answer.set("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");

    UnansweredException given =
        catchThrowableOfType(
            UnansweredException.class,
            () -> call(handler("PT1H"), waiting -> new Thread(() -> waiting.cancel(true)).start()));

    assertThat(given).isNotNull();
  }
}

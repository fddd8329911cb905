package io.handfast.it.harness;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP endpoint that a delivery calls. Until it is told otherwise it says 200. */
public final class HandlerServer implements AutoCloseable {

  /** What to answer; an exception is answered with 500. */
  @FunctionalInterface
  public interface Answers {
    Reply to(Call call) throws Exception;
  }

  /** One call. */
  public record Call(byte[] bytes, String contentType, String transaction, String traceparent) {
    public String body() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    public long id() {
      return Orders.idOf(body());
    }
  }

  /** One answer. */
  public record Reply(int status, String text) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private volatile Answers answers = call -> new Reply(200, "");

  public HandlerServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public void answers(Answers answers) {
    this.answers = answers;
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/orders";
  }

  /** The body of each call, in the order of the calls. */
  public List<String> bodies() {
    return calls.stream().map(Call::body).toList();
  }

  /** The same, byte by byte. */
  public List<byte[]> binaries() {
    return calls.stream().map(Call::bytes).toList();
  }

  /** What each call says of its body. */
  public List<String> contentTypes() {
    return calls.stream().map(Call::contentType).toList();
  }

  /** The transaction of each call, in the order of the calls; null where it had none. */
  public List<String> transactions() {
    return calls.stream().map(Call::transaction).toList();
  }

  /** The trace that each call belongs to, in the order of the calls; null where it had none. */
  public List<String> traceparents() {
    return calls.stream().map(Call::traceparent).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Headers headers = exchange.getRequestHeaders();
    Call call =
        new Call(
            body,
            headers.getFirst("Content-Type"),
            headers.getFirst("Handfast-Transaction"),
            headers.getFirst("traceparent"));
    calls.add(call);
    Reply reply = replyTo(call);
    byte[] text = reply.text().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), text.length == 0 ? -1 : text.length);
    if (text.length > 0) {
      exchange.getResponseBody().write(text);
    }
    exchange.close();
  }

  private Reply replyTo(Call call) {
    try {
      return answers.to(call);
    } catch (Exception | AssertionError e) {
      return new Reply(500, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

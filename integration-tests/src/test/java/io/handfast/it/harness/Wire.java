package io.handfast.it.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The REST API of one coordinator, as any client sees it. It judges nothing. */
public final class Wire {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final String base;

  Wire(String base) {
    this.base = base;
  }

  public Answer putDelivery(String name, DeliverySpec specification) {
    return putDelivery(name, specification.json());
  }

  public Answer putDelivery(String name, String body) {
    return call("PUT", "/v1/deliveries/" + name, "application/json", body);
  }

  public Answer delivery(String name) {
    return get("/v1/deliveries/" + name);
  }

  public Answer deliveries() {
    return get("/v1/deliveries");
  }

  public Answer pause(String name) {
    return call("POST", "/v1/deliveries/" + name + "/pause", null, "");
  }

  public Answer resume(String name) {
    return call("POST", "/v1/deliveries/" + name + "/resume", null, "");
  }

  public Answer deleteDelivery(String name) {
    return call("DELETE", "/v1/deliveries/" + name, null, "");
  }

  /** One message whose body is plain text. */
  public Answer sendText(String queue, String body) {
    return send(queue, "text/plain", body);
  }

  /** One message whose body is JSON. */
  public Answer sendJson(String queue, String body) {
    return send(queue, "application/json", body);
  }

  /** A message a line. */
  public Answer sendLines(String queue, String lines) {
    return send(queue, "application/x-ndjson", lines);
  }

  private Answer send(String queue, String contentType, String body) {
    return call("POST", "/v1/queues/" + queue + "/messages", contentType, body);
  }

  public Answer queue(String queue) {
    return get("/v1/queues/" + queue);
  }

  public Answer recovery() {
    return get("/v1/recovery");
  }

  /** The status of a health check, 0 while nobody answers. */
  public int health(String path) {
    try {
      return get(path).status();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  public Answer get(String path) {
    return exchange(HttpRequest.newBuilder(URI.create(base + path)).GET());
  }

  private Answer call(String method, String path, String contentType, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(method, BodyPublishers.ofString(body));
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    return exchange(request);
  }

  private static Answer exchange(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          CLIENT.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          parse(response.body()),
          response.body(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.headers().firstValue("Location"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode parse(String body) {
    try {
      return body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}

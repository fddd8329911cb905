package io.handfast.it.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The REST API of one coordinator, as any client sees it. It judges nothing. */
public final class Wire {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final String base;
  private final String authorization;

  Wire(String base) {
    this(base, null);
  }

  private Wire(String base, String authorization) {
    this.base = base;
    this.authorization = authorization;
  }

  /** The same API, called by a user who gives a password. */
  public Wire as(String user, String password) {
    byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return new Wire(base, "Basic " + Base64.getEncoder().encodeToString(credentials));
  }

  /**
   * Sends the lines of a request head as they are, as its user, and gives back all of the answer.
   */
  public String raw(String... head) {
    URI uri = URI.create(base);
    String user = authorization == null ? "" : "\r\nAuthorization: " + authorization;
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      String request = String.join("\r\n", head) + user + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same API for requests that no well-behaved client sends. */
  public RawHttp raw() {
    return new RawHttp(base);
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

  /** Deletes a topic's delivery and leaves its subscription. */
  public Answer deleteDeliveryAndKeepSubscription(String name) {
    return call("DELETE", "/v1/deliveries/" + name + "?keepSubscription=true", null, "");
  }

  /** Asks for messages; the query is as after the question mark. */
  public Answer receive(String delivery, String query) {
    return call("POST", "/v1/deliveries/" + delivery + "/receive?" + query, null, "");
  }

  /** Begins a transaction of this id, or finds it begun. */
  public Answer begin(String id, String timeout) {
    String body = "{\"id\":\"%s\",\"timeout\":\"%s\"}".formatted(id, timeout);
    return call("POST", "/v1/transactions", "application/json", body);
  }

  /** Begins a transaction whose id the coordinator chooses. */
  public Answer begin() {
    return call("POST", "/v1/transactions", "application/json", "{}");
  }

  /** Runs a statement inside a transaction; the body is as the API has it. */
  public Answer run(String transaction, String body) {
    return callOn(transaction, "statements", body);
  }

  /** Runs one statement with the parameters of each of these JSON texts. */
  public Answer run(String transaction, String sql, List<String> parameters) {
    String body = "{\"sql\":\"%s\",\"parameters\":[%s]}";
    return run(transaction, body.formatted(sql, String.join(",", parameters)));
  }

  /** Takes messages inside a transaction; the query is as after the question mark. */
  public Answer receiveInside(String transaction, String queue, String query) {
    String path = "/v1/transactions/" + transaction + "/receive?queue=" + queue + "&" + query;
    return call("POST", path, null, "");
  }

  /** Lets a service take part in a transaction. */
  public Answer join(String transaction, String name, String url) {
    String body = "{\"name\":\"%s\",\"url\":\"%s\"}".formatted(name, url);
    return callOn(transaction, "participants", body);
  }

  public Answer transaction(String id) {
    return get("/v1/transactions/" + id);
  }

  /** Runs a statement of the configuration once for each JSON object. */
  public Answer statement(String transaction, String name, List<String> parameters) {
    String body =
        "{\"statement\":\"%s\",\"parameters\":[%s]}".formatted(name, String.join(",", parameters));
    return callOn(transaction, "statements", body);
  }

  /** Sends a message inside a transaction. */
  public Answer sendInside(String transaction, String queue, String body) {
    String message = "{\"queue\":\"%s\",\"body\":%s}".formatted(queue, body);
    return callOn(transaction, "messages", message);
  }

  /** Says that one message of a transaction is at fault. */
  public Answer refuse(String transaction, String message, String cause) {
    String path = "messages/" + URLEncoder.encode(message, StandardCharsets.UTF_8) + "/refuse";
    return callOn(transaction, path, "{\"cause\":\"%s\"}".formatted(cause));
  }

  public Answer extend(String transaction, String timeout) {
    return callOn(transaction, "extend", "{\"timeout\":\"%s\"}".formatted(timeout));
  }

  public Answer commit(String transaction) {
    return callOn(transaction, "commit", "");
  }

  public Answer rollback(String transaction) {
    return callOn(transaction, "rollback", "");
  }

  private Answer callOn(String transaction, String path, String body) {
    return call("POST", "/v1/transactions/" + transaction + "/" + path, "application/json", body);
  }

  /** One message, which the broker takes only once under one id. */
  public Answer sendJsonOnce(String queue, String body, String id) {
    return sendOnce(queue, "application/json", body, id);
  }

  /** A message a line, which the broker takes only once under one id. */
  public Answer sendLinesOnce(String queue, String lines, String id) {
    return sendOnce(queue, "application/x-ndjson", lines, id);
  }

  private Answer sendOnce(String queue, String contentType, String body, String id) {
    URI messages = URI.create(base + "/v1/queues/" + queue + "/messages");
    return exchange(
        HttpRequest.newBuilder(messages)
            .POST(BodyPublishers.ofString(body))
            .header("Content-Type", contentType)
            .header("Handfast-Message-Id", id));
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

  public Answer startComparison(String body) {
    return call("POST", "/v1/comparisons", "application/json", body);
  }

  public Answer comparison(String id) {
    return get("/v1/comparisons/" + id);
  }

  public Answer comparisons() {
    return get("/v1/comparisons");
  }

  public Answer cancelComparison(String id) {
    return call("POST", "/v1/comparisons/" + id + "/cancel", null, "");
  }

  public Answer recovery() {
    return get("/v1/recovery");
  }

  public Answer scan() {
    return call("POST", "/v1/recovery/scans", null, "");
  }

  /** How the drain stands. */
  public Answer drain() {
    return get("/v1/drain");
  }

  public Answer beginDrain() {
    return call("POST", "/v1/drain", null, "");
  }

  public Answer endDrain() {
    return call("DELETE", "/v1/drain", null, "");
  }

  /** Resolves a branch; the query is as after the question mark, the body may be empty. */
  public Answer resolve(String xid, String action, String query, String body) {
    String path = "/v1/recovery/in-doubt/" + xid + "/" + action + "?" + query;
    return call("POST", path, "application/json", body);
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

  /** Any call; the content type may be null. */
  public Answer call(String method, String path, String contentType, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(method, BodyPublishers.ofString(body));
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    return exchange(request);
  }

  private Answer exchange(HttpRequest.Builder request) {
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<String> response =
          CLIENT.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          parse(response.body()),
          response.body(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.headers().firstValue("Location"),
          firstValues(response.headers()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> firstValues(HttpHeaders headers) {
    Map<String, String> first = new HashMap<>();
    headers.map().forEach((name, values) -> first.put(name, values.get(0)));
    return first;
  }

  private static JsonNode parse(String body) {
    try {
      return body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}

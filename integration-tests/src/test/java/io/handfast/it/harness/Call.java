package io.handfast.it.harness;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An HTTP request exactly as it shall stand on the wire, right or wrong.
 *
 * @param target the path and query, as they are sent
 */
public record Call(String method, String target, Map<String, String> headers, byte[] body) {
  /** A request without a body. */
  public static Call of(String method, String target) {
    return new Call(method, target, Map.of(), new byte[0]);
  }

  /** A request with a body of JSON, or of what claims to be JSON. */
  public static Call json(String method, String target, String body) {
    return of(method, target).with("Content-Type", "application/json").body(body);
  }

  /** The same with one header more, or another value of it. */
  public Call with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Call(method, target, more, body);
  }

  public Call body(String text) {
    return body(text.getBytes(StandardCharsets.UTF_8));
  }

  public Call body(byte[] bytes) {
    return new Call(method, target, headers, bytes);
  }

  /** The path, without the query. */
  public String path() {
    int end = target.indexOf('?');
    return end < 0 ? target : target.substring(0, end);
  }

  @Override
  public String toString() {
    String shown = new String(body, StandardCharsets.UTF_8);
    return shortened(method + " " + target) + " " + headers.keySet() + " " + shortened(shown);
  }

  private static String shortened(String text) {
    return text.length() <= 160 ? text : text.substring(0, 160) + "… (" + text.length() + ")";
  }
}

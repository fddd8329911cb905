package io.handfast.it.acceptance.contract;

import io.handfast.it.harness.Call;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A request that must be refused.
 *
 * @param problem the last part of the type of the problem that it must get
 * @param field what a violation must name; empty where it is not about a field
 */
record Hostile(Call call, int status, String problem, String field) {
  static Hostile invalid(Call call, String field) {
    return new Hostile(call, 400, "invalid-request", field);
  }

  static Hostile refused(Call call, int status, String problem) {
    return new Hostile(call, status, problem, "");
  }

  /** What is not even HTTP: the server ends the connection before a resource is looked for. */
  static Hostile unreadable(Call call, int status) {
    return new Hostile(call, status, "", "");
  }

  /** The same request with each of the values in the place of the tilde in its body. */
  static List<Hostile> each(Hostile template, List<String> values) {
    String body = new String(template.call.body(), StandardCharsets.UTF_8);
    return values.stream().map(value -> template.saying(body.replace("~", value))).toList();
  }

  private Hostile saying(String body) {
    return new Hostile(call.body(body), status, problem, field);
  }

  @Override
  public String toString() {
    return call + " -> " + status + " " + problem + " " + field;
  }
}

package io.handfast.api;

import io.handfast.input.Violation;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;
import org.jspecify.annotations.Nullable;

/** Refuses query parameters that an operation does not have, as unknown members are refused. */
class KnownParameters {

  /** The operations that have any; a native executable cannot look at annotations. */
  static final Map<String, Set<String>> OF =
      Map.of(
          "DeadLettersResource.get", Set.of("limit"),
          "DeliveriesResource.delete", Set.of("keepSubscription"),
          "DeliveriesResource.receive", Set.of("max", "wait", "lease", "transaction"),
          "EventsResource.listen", Set.of("for"),
          "TimelinesResource.list", Set.of("delivery", "status", "limit"),
          "TransactionsResource.list", Set.of("status", "limit", "after"),
          "TransactionsResource.receive", Set.of("queue", "max", "wait"),
          "RecoveryResource.commit", Set.of("force"),
          "RecoveryResource.rollback", Set.of("force"),
          "RecoveryResource.forget", Set.of("force"));

  @ServerRequestFilter
  void refuseUnknown(SimpleResourceInfo operation, UriInfo uri) {
    String name = operation.getResourceClass().getSimpleName() + "." + operation.getMethodName();
    Set<String> known = OF.getOrDefault(name, Set.of());
    List<Violation> violations = new ArrayList<>();
    uri.getQueryParameters()
        .forEach(
            (parameter, values) -> {
              String rule = rule(known, parameter, values);
              if (rule != null) {
                violations.add(new Violation(parameter, String.join(",", values), rule));
              }
            });
    if (!violations.isEmpty()) {
      throw ProblemException.invalidRequest(violations);
    }
  }

  private static @Nullable String rule(Set<String> known, String parameter, List<String> values) {
    if (!known.contains(parameter)) {
      return known.isEmpty()
          ? "unknown parameter; there are none here"
          : "unknown parameter; known are " + String.join(", ", new TreeSet<>(known));
    }
    if (values.size() != 1) {
      return "given once";
    }
    return values.get(0).isEmpty() ? "a text that is not empty" : null;
  }
}

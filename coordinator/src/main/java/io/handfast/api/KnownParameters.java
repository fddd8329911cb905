package io.handfast.api;

import io.handfast.input.Violation;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;
import org.jspecify.annotations.Nullable;

/** Refuses query parameters that an operation does not have, as unknown members are refused. */
class KnownParameters {

  /** Read when a call has parameters for the first time, and not at each start. */
  private static final class Known {

    static final Map<String, Set<String>> BY_METHOD =
        Endpoint.all().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    endpoint ->
                        name(endpoint.method().getDeclaringClass(), endpoint.method().getName()),
                    Endpoint::queryParameters));
  }

  @ServerRequestFilter
  void refuseUnknown(SimpleResourceInfo operation, UriInfo uri) {
    if (uri.getQueryParameters().isEmpty()) {
      return;
    }
    Set<String> known =
        Known.BY_METHOD.getOrDefault(
            name(operation.getResourceClass(), operation.getMethodName()), Set.of());
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

  private static String name(Class<?> resource, String method) {
    return resource.getSimpleName() + "." + method;
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

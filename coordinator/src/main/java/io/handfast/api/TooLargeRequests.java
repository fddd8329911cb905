package io.handfast.api;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Refuses with a problem a body that is announced as too large; the HTTP server itself would do so
 * with an empty answer.
 */
class TooLargeRequests {

  /** Filters run from the highest on; the server's own limit comes after this. */
  private static final int FIRST = 10_000;

  private final ProblemWriter problems;
  private final long mostBytes;

  TooLargeRequests(
      ProblemWriter problems,
      @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize mostBytes) {
    this.problems = problems;
    this.mostBytes = mostBytes.asLongValue();
  }

  void install(@Observes Filters filters) {
    filters.register(this::refuse, FIRST);
  }

  private void refuse(RoutingContext context) {
    HttpServerRequest request = context.request();
    String length = request.getHeader(HttpHeaderNames.CONTENT_LENGTH);
    if (length == null || Long.parseLong(length) <= mostBytes) {
      context.next();
      return;
    }
    String detail = "A body may have at most " + mostBytes + " bytes.";
    context.response().putHeader(HttpHeaderNames.CONNECTION, "close"); // what follows is not read
    problems.write(context, ProblemType.REQUEST_TOO_LARGE, detail);
  }
}

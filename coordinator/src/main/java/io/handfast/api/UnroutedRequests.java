package io.handfast.api;

import io.handfast.input.Violation;
import io.vertx.core.VertxException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import java.util.List;

/**
 * Answers with a problem to requests that the HTTP server gives up before it looks a resource up.
 *
 * <p>Vert.x 4.5 answers to a path that does not begin with a slash with no body, and Quarkus 3.33
 * to a missing or broken {@code Host} with a body of its own and a stack trace in the log.
 */
class UnroutedRequests {

  private final ProblemWriter problems;

  UnroutedRequests(ProblemWriter problems) {
    this.problems = problems;
  }

  void install(@Observes Router router) {
    router.route().order(Integer.MIN_VALUE).failureHandler(this::answer);
  }

  private void answer(RoutingContext context) {
    String path = String.valueOf(context.request().path());
    if (!path.startsWith("/")) {
      problems.write(context, ProblemType.NOT_FOUND, "There is nothing at " + path + ".");
    } else if (context.request().authority() == null
        && context.failure() instanceof VertxException) {
      String rule = "one host, with a port or without";
      String host = context.request().getHeader("Host");
      List<Violation> violations = List.of(new Violation("Host", host, rule));
      problems.write(context, ProblemType.INVALID_REQUEST, "Host: " + rule, violations);
    } else {
      context.next();
    }
  }
}

package io.handfast.api;

import io.handfast.access.Authentication;
import io.handfast.access.Role;
import io.handfast.access.SameOrigin;
import io.quarkus.security.AuthenticationException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * Refuses whom {@link AccessTable} does not let in, on every path there is: resources, pages and
 * what the framework adds.
 */
@Singleton
class AccessFilter {

  private static final Logger LOG = Logger.getLogger(AccessFilter.class);

  /** After the framework has found out how the caller can be identified, before all else. */
  private static final int AFTER_AUTHENTICATION = 150;

  /** The console's calls have it: that page asks its user by itself. */
  private static final String CONSOLE = "Handfast-Console";

  /** No browser knows this way, and so none opens a window of its own for it. */
  private static final List<String> ASKED_BY_THE_PAGE = List.of("Handfast realm=\"Handfast\"");

  private final Authentication authentication;
  private final ProblemWriter problems;

  AccessFilter(Authentication authentication, ProblemWriter problems) {
    this.authentication = authentication;
    this.problems = problems;
  }

  void register(@Observes Filters filters) {
    filters.register(this::check, AFTER_AUTHENTICATION);
  }

  private void check(RoutingContext context) {
    HttpServerRequest request = context.request();
    List<String> hosts = hosts(request);
    Optional<String> foreignHost =
        authentication.isOn() ? Optional.empty() : SameOrigin.foreignHost(hosts);
    Optional<String> foreignOrigin =
        SameOrigin.foreignOrigin(
            request.method().name(),
            request.getHeader("Origin"),
            hosts.isEmpty() ? null : hosts.get(0));
    if (foreignHost.isPresent()) {
      problems.write(context, ProblemType.FORBIDDEN_HOST, foreignHost.get() + ".");
    } else if (foreignOrigin.isPresent()) {
      problems.write(context, ProblemType.FORBIDDEN_ORIGIN, foreignOrigin.get() + ".");
    } else if (authentication.isOn()) {
      authorize(context, needed(context));
    } else {
      // No authentication is configured; a name that was not checked must not be used as if it
      // were.
      request.headers().remove("Authorization");
      context.next();
    }
  }

  /** What {@code Host} says, or in HTTP/2 what stands for it. */
  private static List<String> hosts(HttpServerRequest request) {
    List<String> hosts = request.headers().getAll("Host");
    return hosts.isEmpty() && request.authority() != null
        ? List.of(request.authority().toString())
        : hosts;
  }

  /** Of two readings of a path the stricter one counts, whichever a resource is looked up by. */
  private static Role needed(RoutingContext context) {
    String method = context.request().method().name();
    Role asSent = AccessTable.needed(method, String.valueOf(context.request().path()));
    Role normalized = AccessTable.needed(method, context.normalizedPath());
    return asSent.compareTo(normalized) >= 0 ? asSent : normalized;
  }

  private void authorize(RoutingContext context, Role needed) {
    if (needed == Role.NONE) {
      context.next();
      return;
    }
    // The framework's own answer to a wrong password would be no problem document.
    BiConsumer<RoutingContext, Throwable> onFailure = this::failed;
    context.put(QuarkusHttpUser.AUTH_FAILURE_HANDLER, onFailure);
    QuarkusHttpUser.getSecurityIdentity(context, null)
        .subscribe()
        .with(identity -> decide(context, needed, identity), e -> failed(context, e));
  }

  private void decide(RoutingContext context, Role needed, SecurityIdentity identity) {
    if (identity == null || identity.isAnonymous()) {
      unauthenticated(context, "Say who you are: a user, a token or a certificate is needed here.");
    } else if (needed.isMetBy(identity.getRoles())) {
      context.next();
    } else {
      String detail =
          "'%s' does not have the role '%s'."
              .formatted(identity.getPrincipal().getName(), needed.wireName());
      problems.write(context, ProblemType.FORBIDDEN, detail);
    }
  }

  private void failed(RoutingContext context, Throwable failure) {
    if (context.response().ended()) {
      return; // told twice, by the framework and by the identity that did not come
    }
    if (!(failure instanceof AuthenticationException)) {
      LOG.warnf(
          "caller not identified path=%s: %s; it is refused",
          context.request().path(), failure.getMessage());
    }
    unauthenticated(context, "The user, token or certificate is not accepted.");
  }

  private void unauthenticated(RoutingContext context, String detail) {
    boolean isConsole = context.request().headers().contains(CONSOLE);
    (isConsole ? ASKED_BY_THE_PAGE : authentication.challenges())
        .forEach(challenge -> context.response().headers().add("WWW-Authenticate", challenge));
    problems.write(context, ProblemType.UNAUTHENTICATED, detail);
  }
}

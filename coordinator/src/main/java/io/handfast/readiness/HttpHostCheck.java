package io.handfast.readiness;

import io.handfast.access.Authentication;
import io.handfast.access.Site;
import java.util.List;

/** Whether only this machine can reach the service, or callers must say who they are. */
final class HttpHostCheck implements Check {

  private final String host;
  private final boolean isAuthenticated;

  /**
   * A check of the address to listen on.
   *
   * @param isAuthenticated whether callers must say who they are
   */
  HttpHostCheck(String host, boolean isAuthenticated) {
    this.host = host;
    this.isAuthenticated = isAuthenticated;
  }

  @Override
  public String name() {
    return "http-host";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  /** Who can reach the service can take messages and send SQL, so it is never left open. */
  @Override
  public boolean isAcceptable() {
    return false;
  }

  @Override
  public List<Finding> findings(Known known) {
    return Site.isLoopback(host) || isAuthenticated
        ? List.of()
        : List.of(
            refuses(
                "quarkus.http.host",
                "is " + host + ", where anybody who can reach it may use this service",
                "use 127.0.0.1, or have callers say who they are: set %s.\"name\" with a role, or %s, or %s with a trust store"
                    .formatted(
                        Authentication.USERS,
                        Authentication.TOKEN_ISSUER,
                        Authentication.CERTIFICATE_ROLES)));
  }
}

package io.handfast.readiness;

import java.util.List;
import java.util.Set;

/** Whether only this machine can reach the service, which asks nobody who he is. */
final class HttpHostCheck implements Check {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1", "[::1]");

  private final String host;

  HttpHostCheck(String host) {
    this.host = host;
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
    return LOOPBACK.contains(host)
        ? List.of()
        : List.of(
            refuses(
                "quarkus.http.host",
                "is " + host + ", where anybody who can reach it may use this service",
                "use 127.0.0.1, and a proxy that authenticates in front of it"));
  }
}

package io.handfast.access;

import io.quarkus.security.spi.runtime.AuthorizationController;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;

/**
 * Switches Quarkus' own check of {@code RolesAllowed} off where no authentication is configured.
 *
 * <p>Any caller has full access then, and the check would refuse each with 401. Where it is on, it
 * comes after the filter that answers with problems, and by the method, not by the path: a path
 * that the two read differently opens nothing.
 */
@Singleton
@Alternative
@Priority(Interceptor.Priority.LIBRARY_AFTER)
public class RoleChecks extends AuthorizationController {

  private final Authentication authentication;

  RoleChecks(Authentication authentication) {
    this.authentication = authentication;
  }

  @Override
  public boolean isAuthorizationEnabled() {
    return authentication.isOn();
  }
}

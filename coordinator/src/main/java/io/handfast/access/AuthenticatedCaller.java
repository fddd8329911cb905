package io.handfast.access;

import io.handfast.coordination.Caller;
import io.quarkus.arc.Arc;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Singleton;
import java.util.Optional;

/** The authenticated caller of the request that this thread works on. */
@Singleton
class AuthenticatedCaller implements Caller {

  private final Authentication authentication;
  private final CurrentIdentityAssociation current;

  AuthenticatedCaller(Authentication authentication, CurrentIdentityAssociation current) {
    this.authentication = authentication;
    this.current = current;
  }

  @Override
  public Optional<String> name() {
    if (!authentication.isOn() || !Arc.container().requestContext().isActive()) {
      return Optional.empty();
    }
    SecurityIdentity identity = current.getIdentity();
    return identity.isAnonymous()
        ? Optional.empty()
        : Optional.of(identity.getPrincipal().getName());
  }
}

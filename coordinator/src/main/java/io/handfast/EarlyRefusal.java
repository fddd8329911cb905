package io.handfast;

import io.handfast.readiness.Finding;
import io.handfast.readiness.StartCheck;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Refuses an unsafe start before the port is open: what is refused since anybody could reach it
 * must not be reachable until it is refused.
 */
@Singleton
class EarlyRefusal {

  private static final Logger LOG = Logger.getLogger(Handfast.class);

  private final StartCheck check;

  EarlyRefusal(StartCheck check) {
    this.check = check;
  }

  void refuseUnsafe(
      @Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent started) {
    List<Finding> findings = check.findings();
    if (!findings.isEmpty()) {
      UnsafeStartException refused = new UnsafeStartException(findings);
      LOG.errorf("Handfast does not start:\n%s", refused.getMessage());
      throw new ConfigurationException("Handfast has refused to start.");
    }
  }
}

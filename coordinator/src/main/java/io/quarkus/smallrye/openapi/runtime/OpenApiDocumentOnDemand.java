package io.quarkus.smallrye.openapi.runtime;

import io.quarkus.arc.Unremovable;
import io.quarkus.smallrye.openapi.OpenApiFilter.RunStage;
import io.quarkus.smallrye.openapi.runtime.filter.AutoSecurityFilter;
import io.smallrye.openapi.runtime.io.Format;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the OpenAPI document when a client asks for it first, and not at each start.
 *
 * <p>Quarkus 3.31 to 3.33 parse and write it, 300 KB, while they start, which is a fifth of the
 * processor time of a start (quarkusio/quarkus#54826). Remove this class with the first Quarkus
 * that has pull request 55538. It is in the package of the method that it overrides, which is
 * visible there only. Thread-safe.
 */
@ApplicationScoped
@Alternative
@Priority(1)
@Unremovable // the extension looks its service up while it starts
public class OpenApiDocumentOnDemand extends OpenApiDocumentService {

  private record Preparation(
      @Nullable AutoSecurityFilter security, Map<RunStage, List<String>> filters) {}

  private final Map<String, Preparation> unread = new HashMap<>();

  @Override
  synchronized void prepareDocument(
      @Nullable AutoSecurityFilter security, Map<RunStage, List<String>> filters, String name) {
    unread.put(name, new Preparation(security, filters));
  }

  @Override
  public synchronized byte[] getDocument(String name, Format format) {
    Preparation first = unread.remove(name);
    if (first != null) {
      super.prepareDocument(first.security(), first.filters(), name);
    }
    return super.getDocument(name, format);
  }
}

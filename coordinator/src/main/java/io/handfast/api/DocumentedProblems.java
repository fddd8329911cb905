package io.handfast.api;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.ws.rs.Consumes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;

/** Writes into the OpenAPI document, when it is built, what each operation answers on an error. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class DocumentedProblems implements OASFilter {

  /** What every operation can answer. */
  private static final Set<ProblemType> EVERYWHERE =
      EnumSet.of(
          ProblemType.INVALID_REQUEST,
          ProblemType.UNAUTHENTICATED,
          ProblemType.FORBIDDEN,
          ProblemType.FORBIDDEN_HOST,
          ProblemType.FORBIDDEN_ORIGIN,
          ProblemType.NOT_ACCEPTABLE,
          ProblemType.REQUEST_TOO_LARGE,
          ProblemType.NOT_READY,
          ProblemType.SERVICE_UNAVAILABLE,
          ProblemType.INTERNAL_ERROR);

  /** What every call can meet that works in a transaction. */
  private static final Set<ProblemType> IN_TRANSACTION =
      EnumSet.of(
          ProblemType.TRANSACTION_NOT_FOUND,
          ProblemType.ROLLED_BACK,
          ProblemType.CANNOT_PREPARE,
          ProblemType.ALREADY_COMMITTED,
          ProblemType.WRONG_NODE,
          ProblemType.BROKER_REFUSED,
          ProblemType.PARTICIPANT_UNAVAILABLE,
          ProblemType.LOG_UNAVAILABLE);

  @Override
  public void filterOpenAPI(OpenAPI document) {
    Schema type = document.getComponents().getSchemas().get("Problem").getProperties().get("type");
    type.setEnumeration(
        Arrays.stream(ProblemType.values()).<Object>map(known -> known.type().toString()).toList());
    type.setDescription(
        Arrays.stream(ProblemType.values())
            .map(DocumentedProblems::line)
            .collect(Collectors.joining("\n")));
    for (Endpoint endpoint : Endpoint.all()) {
      PathItem path = document.getPaths().getPathItem(endpoint.path());
      addProblems(
          path.getOperations().get(PathItem.HttpMethod.valueOf(endpoint.verb())), of(endpoint));
    }
  }

  /** The problems that an operation can answer, in the order of their declaration. */
  static Set<ProblemType> of(Endpoint endpoint) {
    Set<ProblemType> problems = EnumSet.copyOf(EVERYWHERE);
    endpoint
        .says(Problems.class)
        .ifPresent(
            own -> {
              problems.addAll(List.of(own.value()));
              problems.addAll(own.inTransaction() ? IN_TRANSACTION : Set.of());
            });
    if (endpoint.says(Consumes.class).isPresent()) {
      problems.add(ProblemType.UNSUPPORTED_MEDIA_TYPE);
    }
    return problems;
  }

  private static void addProblems(Operation operation, Set<ProblemType> all) {
    Map<Integer, List<ProblemType>> byStatus = new TreeMap<>();
    for (ProblemType problem : all) {
      byStatus.computeIfAbsent(problem.status(), status -> new ArrayList<>()).add(problem);
    }
    byStatus.forEach(
        (status, problems) ->
            operation
                .getResponses()
                .addAPIResponse(
                    String.valueOf(status),
                    OASFactory.createAPIResponse()
                        .description(
                            problems.stream()
                                .map(DocumentedProblems::line)
                                .collect(Collectors.joining("\n")))
                        .content(content())));
  }

  private static String line(ProblemType problem) {
    return "- `%s` (retry: %s): %s"
        .formatted(problem.type(), problem.retry().wireName(), problem.meaning());
  }

  private static Content content() {
    Schema reference = OASFactory.createSchema().ref("#/components/schemas/Problem");
    return OASFactory.createContent()
        .addMediaType(Problem.MEDIA_TYPE, OASFactory.createMediaType().schema(reference));
  }
}

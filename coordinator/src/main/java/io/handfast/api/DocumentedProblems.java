package io.handfast.api;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;

/** Writes into the OpenAPI document, when it is built, what each operation answers on an error. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class DocumentedProblems implements OASFilter {

  @Override
  public void filterOpenAPI(OpenAPI document) {
    Schema type = document.getComponents().getSchemas().get("Problem").getProperties().get("type");
    type.setEnumeration(
        Arrays.stream(ProblemType.values()).<Object>map(known -> known.type().toString()).toList());
    type.setDescription(
        Arrays.stream(ProblemType.values())
            .map(DocumentedProblems::line)
            .collect(Collectors.joining("\n")));
    document
        .getPaths()
        .getPathItems()
        .values()
        .forEach(path -> path.getOperations().values().forEach(DocumentedProblems::addProblems));
  }

  private static void addProblems(Operation operation) {
    boolean readsBody =
        operation.getRequestBody() != null && operation.getRequestBody().getRef() == null;
    Map<Integer, List<ProblemType>> byStatus = new TreeMap<>();
    for (ProblemType problem : OperationProblems.of(operation.getOperationId(), readsBody)) {
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

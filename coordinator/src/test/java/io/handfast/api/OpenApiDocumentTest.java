package io.handfast.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The OpenAPI document has every operation and parameter of the resources, and no other. */
class OpenApiDocumentTest {

  private static final List<Class<?>> RESOURCES =
      List.of(
          ChecksResource.class,
          ComparisonsResource.class,
          DeadLettersResource.class,
          DeliveriesResource.class,
          DrainResource.class,
          EventsResource.class,
          NodeParticipantsResource.class,
          ParticipantsResource.class,
          QueuesResource.class,
          RecoveryResource.class,
          TimelinesResource.class,
          TransactionsResource.class);

  private static final List<Class<? extends Annotation>> METHODS =
      List.of(DELETE.class, GET.class, POST.class, PUT.class);

  private final JsonNode document = read();

  @Test
  void everyOperationIsDescribedWithItsParameters() {
    assertThat(described()).isEqualTo(implemented());
  }

  @Test
  void everyOperationHasItsProblems() {
    assertThat(document.findValuesAsText("operationId"))
        .containsExactlyInAnyOrderElementsOf(OperationProblems.operations());
  }

  @Test
  void unknownParametersAreToldFromThoseOfTheResources() {
    Map<String, Set<String>> known = new HashMap<>();
    for (Class<?> resource : RESOURCES) {
      for (Method method : resource.getDeclaredMethods()) {
        Stream.of(method.getParameters())
            .filter(parameter -> parameter.isAnnotationPresent(QueryParam.class))
            .forEach(
                parameter ->
                    known
                        .computeIfAbsent(
                            resource.getSimpleName() + "." + method.getName(),
                            name -> new TreeSet<>())
                        .add(parameter.getAnnotation(QueryParam.class).value()));
      }
    }

    assertThat(KnownParameters.OF).isEqualTo(known);
  }

  private Map<String, Set<String>> implemented() {
    Map<String, Set<String>> operations = new HashMap<>();
    for (Class<?> resource : RESOURCES) {
      for (Method method : resource.getDeclaredMethods()) {
        for (Class<? extends Annotation> verb : METHODS) {
          if (method.isAnnotationPresent(verb)) {
            Path own = method.getAnnotation(Path.class);
            String path =
                resource.getAnnotation(Path.class).value() + (own == null ? "" : "/" + own.value());
            operations
                .computeIfAbsent(verb.getSimpleName() + " " + path, name -> new TreeSet<>())
                .addAll(parameters(method));
          }
        }
      }
    }
    return operations;
  }

  private static Set<String> parameters(Method method) {
    Set<String> parameters = new TreeSet<>();
    for (Parameter parameter : method.getParameters()) {
      if (parameter.isAnnotationPresent(PathParam.class)) {
        parameters.add("path " + parameter.getAnnotation(PathParam.class).value());
      } else if (parameter.isAnnotationPresent(QueryParam.class)) {
        parameters.add("query " + parameter.getAnnotation(QueryParam.class).value());
      } else if (parameter.isAnnotationPresent(HeaderParam.class)) {
        parameters.add("header " + parameter.getAnnotation(HeaderParam.class).value());
      }
    }
    return parameters;
  }

  private Map<String, Set<String>> described() {
    Map<String, Set<String>> operations = new HashMap<>();
    document
        .path("paths")
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fields()
                    .forEachRemaining(
                        member -> {
                          if (member.getValue().has("operationId")) {
                            Set<String> parameters = new TreeSet<>();
                            addTo(parameters, path.getValue().path("parameters"));
                            addTo(parameters, member.getValue().path("parameters"));
                            operations.put(
                                member.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                parameters);
                          }
                        }));
    return operations;
  }

  private void addTo(Set<String> names, JsonNode parameters) {
    for (JsonNode given : parameters) {
      JsonNode parameter =
          given.has("$ref") ? document.at(given.path("$ref").asText().substring(1)) : given;
      names.add(parameter.path("in").asText() + " " + parameter.path("name").asText());
    }
  }

  private static JsonNode read() {
    try (InputStream yaml =
        OpenApiDocumentTest.class.getResourceAsStream("/META-INF/openapi.yaml")) {
      return new YAMLMapper().readTree(yaml);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

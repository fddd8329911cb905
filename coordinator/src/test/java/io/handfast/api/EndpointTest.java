package io.handfast.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.junit.jupiter.api.Test;

/** The methods of the resources describe all operations, completely. */
class EndpointTest {

  @Test
  void everyResourceIsRead() {
    Set<String> resources =
        new ClassFileImporter()
            .withImportOption(new DoNotIncludeTests()).importPackages("io.handfast.api").stream()
                .filter(type -> type.isAnnotatedWith(Path.class))
                .map(JavaClass::getName)
                .collect(Collectors.toSet());

    assertThat(
            Endpoint.all().stream()
                .map(endpoint -> endpoint.method().getDeclaringClass().getName())
                .collect(Collectors.toSet()))
        .isEqualTo(resources);
  }

  @Test
  void everyOperationHasAnIdOfItsOwn() {
    assertThat(Endpoint.all())
        .allMatch(endpoint -> endpoint.says(Operation.class).isPresent())
        .extracting(endpoint -> endpoint.says(Operation.class).orElseThrow().operationId())
        .hasSizeGreaterThan(40)
        .doesNotContain("")
        .doesNotHaveDuplicates();
  }

  @Test
  void whatAMethodRefersToIsInTheDocument() throws IOException {
    JsonNode components;
    try (InputStream yaml = getClass().getResourceAsStream("/META-INF/openapi.yaml")) {
      components = new YAMLMapper().readTree(yaml).path("components");
    }
    Set<String> used = new TreeSet<>();
    for (Endpoint endpoint : Endpoint.all()) {
      Stream.of(endpoint.method().getAnnotationsByType(APIResponse.class))
          .forEach(response -> used.add("responses/" + response.ref()));
      Stream.of(endpoint.method().getAnnotationsByType(RequestBody.class))
          .forEach(body -> used.add("requestBodies/" + body.ref()));
      Stream.of(endpoint.method().getParameters())
          .flatMap(parameter -> Stream.of(parameter.getAnnotationsByType(Parameter.class)))
          .forEach(
              parameter -> {
                used.add("parameters/" + parameter.ref());
                used.add("schemas/" + parameter.schema().ref());
              });
    }
    used.removeIf(reference -> reference.endsWith("/"));

    assertThat(used)
        .hasSizeGreaterThan(50)
        .allMatch(reference -> !components.at("/" + reference).isMissingNode());
    for (String kind : Set.of("parameters", "requestBodies")) {
      components
          .path(kind)
          .fieldNames()
          .forEachRemaining(name -> assertThat(used).contains(kind + "/" + name));
    }
  }
}

package io.handfast.it.acceptance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.SharedNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The running service does what its OpenAPI document says, and nothing else. */
class ContractIT {
  @RegisterExtension static final SharedNode NODE = World.node();

  @Test
  void aWalkThroughEveryOperationIsAsDocumented() throws Exception {
    World world = World.build(NODE);
    List<String> failures = new ArrayList<>();
    Set<String> called = new HashSet<>();

    String location = "";

    for (Walk.Step template : Walk.steps()) {
      Walk.Step step = template.at(location);
      Answer answer = world.wire().raw().send(step.call());
      location = answer.location().map(uri -> URI.create(uri).getPath()).orElse(location);
      called.add(step.operation());
      if (answer.status() != step.status()) {
        failures.add(step + " -> " + answer.status() + " " + answer.text());
      }
      world.contract().requestBreaches(step.call()).forEach(b -> failures.add(step + " " + b));
      world.contract().breaches(step.call(), answer).forEach(b -> failures.add(step + " " + b));
    }

    assertThat(failures).isEmpty();
    assertThat(called)
        .containsExactlyInAnyOrderElementsOf(
            world.contract().document().findValuesAsText("operationId"));
    assertComplete(world.contract().document());
  }

  @Test
  void theCommittedDocumentIsTheOneThatIsServed() throws Exception {
    String committed = Files.readString(Path.of("../docs/reference/openapi.yaml"));

    assertThat(NODE.wire().get("/q/openapi?format=yaml").text().equals(committed))
        .as(
            "docs/reference/openapi.yaml is what the build has made;"
                + " if not, copy coordinator/target/openapi/openapi.yaml over it")
        .isTrue();
  }

  private static void assertComplete(JsonNode document) {
    assertThat(document.at("/components/schemas/Problem/properties/type/enum"))
        .hasSizeGreaterThan(25);
    for (JsonNode body : document.findValues("requestBody")) {
      assertThat(body.has("$ref") || body.toString().contains("\"example"))
          .as(body.toString())
          .isTrue();
    }
    for (JsonNode responses : document.path("paths").findValues("responses")) {
      assertThat(responses.at("/400/content/application~1problem+json/schema/$ref").asText())
          .isEqualTo("#/components/schemas/Problem");
    }
  }
}

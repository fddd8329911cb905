package io.handfast.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The catalogue of problems is the same in the code, in the documentation and for each operation.
 */
class ProblemCatalogueTest {

  private static final Path PAGE = Path.of("../docs/reference/problems.md");

  @Test
  void thePageIsTheCatalogue() throws Exception {
    Path written = Files.writeString(Path.of("target/problems.md"), page());

    assertThat(Files.readString(PAGE))
        .as(
            "docs/reference/problems.md is not what the code says; copy coordinator/%s over it",
            written)
        .isEqualTo(page());
  }

  @Test
  void everyProblemIsWhatSomeOperationAnswers() {
    Set<ProblemType> ofNoOperation =
        EnumSet.of(ProblemType.NOT_FOUND, ProblemType.METHOD_NOT_ALLOWED);
    Set<ProblemType> answered = EnumSet.copyOf(ofNoOperation);
    for (Endpoint endpoint : Endpoint.all()) {
      answered.addAll(DocumentedProblems.of(endpoint));
    }

    assertThat(answered).containsExactlyInAnyOrder(ProblemType.values());
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Problems

            This page lists every problem of the API, with what it means and what to do.

            Every error is a problem by RFC 9457 of one of these types. The type is stable, so a client can decide by \
            it; `retry` says
            whether repeating the call unchanged helps: `safe` (at once), `later` (after a while), or `never`.

            | type | status | retry | title | what it means, and what to do |
            |---|---|---|---|---|
            """);
    Arrays.stream(ProblemType.values())
        .forEach(
            problem ->
                page.append(
                    "| `%s` | %d | `%s` | %s | %s |\n"
                        .formatted(
                            problem.type(),
                            problem.status(),
                            problem.retry().wireName(),
                            problem.title(),
                            problem.meaning())));
    return page.toString();
  }
}

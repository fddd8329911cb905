package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

/** What every error on the wire has in common. */
public final class Problems {
  private Problems() {}

  /** Fails unless the answer is a problem as the API describes them, with this status. */
  public static void assertProblem(Answer answer, int status) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.contentType()).startsWith("application/problem+json");
    assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    assertThat(answer.json().path("type").asText()).isNotBlank();
    assertThat(answer.json().path("title").asText()).isNotBlank();
    assertThat(answer.json().path("detail").asText()).isNotBlank();
    assertThat(answer.json().path("instance").asText()).isNotBlank();
    assertThat(answer.json().path("retry").asText()).isIn("safe", "never", "later");
    assertThat(answer.text()).doesNotContain("Exception", "io.handfast", "\\tat ", "stackTrace");
  }
}

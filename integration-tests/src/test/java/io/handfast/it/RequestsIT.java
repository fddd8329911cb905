package io.handfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Call;
import io.handfast.it.harness.SharedNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client is told when its request meets another client's, or is a mistake. */
class RequestsIT {
  @RegisterExtension static final SharedNode shared = new SharedNode();

  @Test
  void aDeliveryIsReplacedAndDeletedOnlyAsItsCallerHasSeenIt() {
    String name = shared.unique();
    Call put = Call.json("PUT", "/v1/deliveries/" + name, pull(1));
    Answer created = shared.wire().raw().send(put.with("If-None-Match", "*"));
    assertThat(created.status()).isEqualTo(201);
    String tag = created.header("ETag");
    assertThat(tag).matches("\"[0-9a-f]{32}\"");
    assertThat(shared.wire().pause(name).status()).isEqualTo(200);
    assertThat(shared.wire().delivery(name).header("ETag")).isEqualTo(tag);

    Call other = Call.json("PUT", "/v1/deliveries/" + name, pull(2));
    assertProblem(shared.wire().raw().send(other.with("If-None-Match", "*")));
    assertThat(consumers(name)).isEqualTo(1);
    Answer changed = shared.wire().raw().send(other.with("If-Match", "\"older\", " + tag));
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.header("ETag")).isNotEqualTo(tag);
    assertThat(consumers(name)).isEqualTo(2);

    assertProblem(shared.wire().raw().send(put.with("If-Match", tag)));
    Call delete = Call.of("DELETE", "/v1/deliveries/" + name);
    assertProblem(shared.wire().raw().send(delete.with("If-Match", tag)));
    assertProblem(shared.wire().raw().send(delete.with("If-Match", "W/" + changed.header("ETag"))));
    assertThat(consumers(name)).isEqualTo(2);
    Answer deleted = shared.wire().raw().send(delete.with("If-Match", changed.header("ETag")));
    assertThat(deleted.status()).isEqualTo(204);
    Answer gone = shared.wire().raw().send(delete.with("If-Match", changed.header("ETag")));
    assertThat(gone.problem()).isEqualTo("delivery-not-found");
  }

  @Test
  void ofManyWhoCreateOneDeliveryOneSucceeds() {
    Call put =
        Call.json("PUT", "/v1/deliveries/" + shared.unique(), pull(1)).with("If-None-Match", "*");

    List<CompletableFuture<Integer>> calls =
        IntStream.range(0, 8)
            .mapToObj(
                i -> CompletableFuture.supplyAsync(() -> shared.wire().raw().send(put).status()))
            .toList();

    assertThat(calls.stream().map(CompletableFuture::join).toList())
        .containsOnlyOnce(201)
        .containsOnly(201, 412);
  }

  private static String pull(int consumers) {
    return "{\"source\":{\"queue\":\"%s\"},\"style\":\"pull\",\"consumers\":%d}"
        .formatted(shared.unique(), consumers);
  }

  private static int consumers(String name) {
    return shared.wire().delivery(name).json().path("consumers").asInt();
  }

  private static void assertProblem(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(412);
    assertThat(answer.problem()).isEqualTo("precondition-failed");
    assertThat(answer.json().path("retry").asText()).isEqualTo("never");
  }
}

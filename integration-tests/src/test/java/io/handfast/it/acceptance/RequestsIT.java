package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Call;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client is told when its request meets another client's, or is a mistake. */
class RequestsIT {
  @RegisterExtension static final SharedNode shared = new SharedNode();
  @RegisterExtension static final SharedNode other = SharedNode.second();

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

  @Test
  void aSubscriptionKeepsItsTopicAndItsSelector() {
    String name = shared.unique();
    String selected = ",\"selector\":\"a = 1\"";
    assertThat(put(name, topic(name, name, selected)).status()).isEqualTo(201);

    Answer selector = put(name, topic(name, name, ",\"selector\":\"a = 2\""));
    assertViolation(selector, "source.selector", "a = 2", "exists with the selector 'a = 1'");
    assertViolation(
        put(name, topic(name, name, "")),
        "source.selector",
        "",
        "exists with the selector 'a = 1'");
    assertViolation(
        put(name, topic(name + ".other", name, selected)),
        "source.topic",
        name + ".other",
        "exists with the topic " + name);
    assertThat(shared.wire().delivery(name).json().at("/source/selector").asText())
        .isEqualTo("a = 1");

    assertThat(put(name + "-too", topic(name, name, selected)).status()).isEqualTo(201);
    eventually(() -> assertThat(shared.wire().queue(name).text()).contains("\"consumers\":8"));
    Answer inUse = shared.wire().deleteDelivery(name);
    assertThat(inUse.status()).as(inUse.text()).isEqualTo(409);
    assertThat(inUse.problem()).isEqualTo("broker-refused");
    assertThat(shared.wire().pause(name + "-too").status()).isEqualTo(200);
    assertThat(shared.wire().deleteDelivery(name).status()).isEqualTo(204);
  }

  @Test
  void anAddressOfSubscriptionsIsNoQueue() {
    String name = shared.unique();
    assertThat(put(name, topic(name, name + "-s", "")).status()).isEqualTo(201);

    assertViolation(
        put(name + "-q", queue(name)),
        "source.queue",
        name,
        "this is an address whose queues are [" + name + "-s]");
    assertThat(shared.wire().delivery(name + "-q").status()).isEqualTo(404);
  }

  @Test
  void ofCallsWithOneIdAtOneMomentOneIsAccepted() throws Exception {
    String queue = shared.unique();
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String id = "call-" + i;
      List<Answer> answers =
          Stream.of(shared.wire(), other.wire(), shared.wire())
              .map(wire -> CompletableFuture.supplyAsync(() -> twice(wire, queue, id)))
              .toList()
              .stream()
              .map(CompletableFuture::join)
              .toList();
      outcomes.add(
          answers.stream()
              .map(answer -> answer.status() + answer.json().path("duplicate").asText())
              .sorted()
              .toList()
              .toString());
    }

    assertThat(outcomes).containsOnly("[201false, 201true, 201true]");
    assertThat(shared.artemis().address().messageCount(queue)).isEqualTo(80);
  }

  @Test
  void aKilledNodeLeavesNoIdHalfTaken() throws Exception {
    String queue = shared.unique();
    List<CompletableFuture<Void>> calls = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String id = "killed-" + i;
      calls.add(CompletableFuture.runAsync(() -> tolerant(other.wire(), queue, id)));
      calls.add(CompletableFuture.runAsync(() -> tolerant(shared.wire(), queue, id)));
      if (i == 40) {
        other.node().kill9();
      }
    }
    calls.forEach(CompletableFuture::join);

    for (int i = 0; i < 60; i++) {
      String id = "killed-" + i;
      within(
          Duration.ofSeconds(60),
          () -> assertThat(twice(shared.wire(), queue, id).status()).isEqualTo(201));
    }
    assertThat(shared.artemis().address().messageCount(queue)).isEqualTo(120);
  }

  private static Answer twice(Wire wire, String queue, String id) {
    return wire.sendLinesOnce(queue, "{}\n{}", id);
  }

  private static void tolerant(Wire wire, String queue, String id) {
    try {
      twice(wire, queue, id);
    } catch (UncheckedIOException e) {
      // the node was killed
    }
  }

  @Test
  void jsonIsAsLargeAsTheMessageMayBe() throws Exception {
    String name = shared.unique();
    shared.database().execute("CREATE TABLE " + name + "(n NUMERIC, size INT)");
    String insert =
        "INSERT INTO %s(n, size) VALUES (:n, length(CAST(:text AS TEXT)))".formatted(name);
    String delivery =
        "{\"source\":{\"queue\":\"%s\"},\"sink\":{\"statements\":[\"%s\"]}}"
            .formatted(name, insert);
    assertThat(put(name, delivery).status()).isEqualTo(201);

    String number = "1234567890".repeat(300);
    String body = "{\"n\":" + number + ",\"text\":\"" + "x".repeat(20_000_001) + "\"}";
    assertThat(shared.wire().sendJson(name, body).status()).isEqualTo(201);

    within(
        Duration.ofSeconds(60),
        () ->
            assertThat(
                    shared
                        .database()
                        .number(
                            "SELECT count(*) FROM %s WHERE size = 20000001 AND n = %s"
                                .formatted(name, number)))
                .isEqualTo(1));
  }

  private static Answer put(String name, String body) {
    return shared.wire().putDelivery(name, body);
  }

  private static String topic(String topic, String subscription, String more) {
    return "{\"source\":{\"topic\":\"%s\",\"subscription\":\"%s\"%s},\"forward\":{\"queue\":\"%s.to\"}}"
        .formatted(topic, subscription, more, shared.unique());
  }

  private static String queue(String queue) {
    return "{\"source\":{\"queue\":\"%s\"},\"forward\":{\"queue\":\"%s.to\"}}"
        .formatted(queue, shared.unique());
  }

  private static void assertViolation(Answer answer, String field, String value, String rule) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo("invalid-delivery");
    assertThat(answer.json().at("/violations/0/field").asText()).isEqualTo(field);
    assertThat(answer.json().at("/violations/0/value").asText("")).isEqualTo(value);
    assertThat(answer.json().at("/violations/0/rule").asText()).contains(rule);
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

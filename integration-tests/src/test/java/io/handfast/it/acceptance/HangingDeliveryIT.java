package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.HandlerServer.Reply;
import io.handfast.it.harness.SharedNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What hangs at one delivery hangs there alone, and not for ever. */
class HangingDeliveryIT {
  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(
          configuration ->
              configuration
                  .set("handfast.remote.timeout", "PT2S")
                  .set("handfast.shutdown-timeout", "PT3S"));

  private final List<Socket> kept = new CopyOnWriteArrayList<>();
  private ServerSocket silent;
  private String hangs;
  private String other;

  @BeforeEach
  void start() throws Exception {
    hangs = SHARED.unique() + "hangs";
    other = SHARED.unique() + "other";
    SHARED.database().execute("CREATE TABLE " + other + " (id bigint)");
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::answerHeadersOnly);
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stop() throws IOException {
    silent.close();
    for (Socket socket : kept) {
      socket.close();
    }
  }

  private void answerHeadersOnly() {
    try {
      while (true) {
        Socket socket = silent.accept();
        kept.add(socket);
        socket.getInputStream().read(new byte[64 * 1024]);
        socket
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".getBytes("US-ASCII"));
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  private String silentUrl() {
    return "http://127.0.0.1:" + silent.getLocalPort() + "/";
  }

  private JsonNode delivery(String name) {
    return SHARED.wire().delivery(name).json();
  }

  private DeliverySpec inserting() {
    return DeliverySpec.fromQueue(other).statement("INSERT INTO " + other + " VALUES (:id)");
  }

  @Test
  void aHandlerThatSendsHeadersAndThenNothingIsNotWaitedForLongerThanItsTimeout() {
    SHARED.wire().putDelivery(hangs, DeliverySpec.fromQueue(hangs).handler(silentUrl(), "PT2S"));

    SHARED.wire().sendJson(hangs, "{}");

    eventually(() -> assertThat(delivery(hangs).path("state").asText()).isEqualTo("retrying"));
    assertThat(delivery(hangs).path("lastError").asText()).contains("within PT2S");
    assertThat(delivery(hangs).at("/counters/committed").asInt()).isZero();
  }

  @Test
  void aServiceThatSendsHeadersAndThenNothingHoldsUpNoCommitLongerThanItsTimeout()
      throws Exception {
    String transaction = SHARED.wire().begin().json().path("id").asText();
    SHARED.wire().join(transaction, "shop", silentUrl());
    assertThat(SHARED.wire().sendInside(transaction, other, "{}").status()).isEqualTo(201);

    Answer refused = SHARED.wire().commit(transaction);

    assertThat(refused.problem()).as(refused.text()).isEqualTo("rolled-back");
    assertThat(refused.json().path("retry").asText()).isEqualTo("safe");
    assertThat(refused.text()).contains("within PT2S");
    assertThat(SHARED.artemis().address().messageCount(other)).isZero();
  }

  @Test
  void otherDeliveriesAreChangedWhileOneHangsAndItCanBeDeleted() throws Exception {
    SHARED.wire().putDelivery(hangs, DeliverySpec.fromQueue(hangs).handler(silentUrl(), "PT1H"));
    SHARED.wire().sendJson(hangs, "{}");
    eventually(() -> assertThat(kept).isNotEmpty());

    CompletableFuture<Integer> deleting =
        CompletableFuture.supplyAsync(() -> SHARED.wire().deleteDelivery(hangs).status());
    eventually(() -> assertThat(delivery(hangs).path("state").asText()).isEqualTo("paused"));
    assertThat(SHARED.wire().putDelivery(other, inserting()).status()).isEqualTo(201);
    assertThat(SHARED.wire().pause(other).status()).isEqualTo(200);
    assertThat(SHARED.wire().resume(other).status()).isEqualTo(200);
    assertThat(SHARED.wire().deleteDelivery(other).status()).isEqualTo(204);
    assertThat(deleting).as("waits for the unit meanwhile").isNotDone();

    within(Duration.ofSeconds(60), () -> assertThat(deleting).isCompletedWithValue(204));
    eventually(
        () -> assertThat(SHARED.artemis().address().messageCount(hangs)).as("back").isEqualTo(1));
  }

  @Test
  void anAnswerThatIsNotAboutTheMessageCostsNoAttemptAndA404CostsOne() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (HandlerServer handler = new HandlerServer()) {
      handler.answers(
          call -> calls.incrementAndGet() <= 3 ? new Reply(429, "slow down") : new Reply(404, ""));
      SHARED
          .wire()
          .putDelivery(
              hangs,
              DeliverySpec.fromQueue(hangs)
                  .handler(handler.url(), "PT5S")
                  .retry(2, "PT0.2S")
                  .consumers(1));
      SHARED.wire().sendJson(hangs, "{}");

      within(
          Duration.ofSeconds(60),
          () ->
              assertThat(SHARED.artemis().address().messageCount(hangs + ".dead"))
                  .as("calls %s, %s", calls, delivery(hangs))
                  .isEqualTo(1));
    }
    assertThat(calls).as("three without an attempt, two attempts").hasValue(5);
    assertThat(delivery(hangs).path("lastError").asText()).contains("handler answered 404");
  }

  @Test
  void largeMessagesFitASmallHeap() throws Exception {
    String padding = "x".repeat(1_500_000);
    SHARED
        .wire()
        .putDelivery(
            other,
            DeliverySpec.fromQueue(other)
                .statement("INSERT INTO " + other + " VALUES (length(:pad))"));
    SHARED.wire().pause(other);
    SHARED
        .artemis()
        .address()
        .send(
            other, IntStream.range(0, 80).mapToObj(n -> "{\"pad\": \"" + padding + "\"}").toList());
    SHARED.wire().resume(other);

    within(
        Duration.ofSeconds(120),
        () -> assertThat(SHARED.database().number("SELECT count(*) FROM " + other)).isEqualTo(80));
    assertThat(delivery(other).path("state").asText()).isEqualTo("running");
  }
}

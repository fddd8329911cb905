package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.ArtemisProcess;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.HandlerServer.Reply;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker that takes nothing, and one whose messages two nodes share. */
class BusyBrokerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CALLERS = 60;

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void aBrokerThatBlocksProducersHoldsUpNoThreadForGoodAndIsNamed() throws Exception {
    ArtemisProcess broker = scene.closing(new ArtemisProcess()).start();
    broker.address().send(scene.queue(), Orders.upTo(3).bodies());
    broker.stop();
    String usage = broker.configured("max-disk-usage").orElseThrow();
    broker.configure("<max-disk-usage>" + usage, "<max-disk-usage>1");
    broker.start();
    broker
        .log()
        .awaitLineWith("AMQ222210.*blocking producers"); // it looks at the disk now and then
    RunnerProcess node =
        scene.coordinator("n1", scene.external("n1").broker(broker.address())).start();
    String out = scene.queue() + ".out";

    node.wire().putDelivery("forward", DeliverySpec.fromQueue(scene.queue()).forward(out));

    within(
        PATIENCE,
        () -> {
          JsonNode delivery = node.wire().delivery("forward").json();
          assertThat(delivery.path("state").asText()).isEqualTo("retrying");
          assertThat(delivery.path("lastError").asText()).contains("takes no messages for " + out);
        });
    assertThat(node.wire().health("/q/health/ready")).isEqualTo(503);
    assertThat(node.wire().get("/q/health/ready").text()).contains("\"blocked\"", out);
    assertThat(node.log().linesWith("WARN.*broker blocks producers queue=" + out)).isNotEmpty();
    for (Answer answer : sendAtOnce(node, scene.queue() + ".rest")) {
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.problem()).endsWith("participant-unavailable");
    }
    assertThat(node.wire().health("/q/health/live")).isEqualTo(200);

    broker.stop();
    broker.configure("<max-disk-usage>1", "<max-disk-usage>100");
    broker.start();
    within(
        PATIENCE,
        () ->
            assertThat(broker.address().messageCount(out))
                .as("%d are in the source", broker.address().messageCount(scene.queue()))
                .isEqualTo(3));
    within(PATIENCE, () -> assertThat(node.wire().health("/q/health/ready")).isEqualTo(200));
  }

  private static List<Answer> sendAtOnce(RunnerProcess node, String queue) throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    try {
      List<CompletableFuture<Answer>> calls =
          IntStream.range(0, CALLERS)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> node.wire().sendJson(queue, "{}"), callers))
              .toList();
      CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
      return calls.stream().map(CompletableFuture::join).toList();
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void aNodeWithASlowHandlerLeavesMessagesToTheOther() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (HandlerServer slow = new HandlerServer();
        HandlerServer fast = new HandlerServer()) {
      slow.answers(
          call -> {
            end.await();
            return new Reply(200, "");
          });
      RunnerProcess first = scene.coordinator("n1", scene.external("n1")).start();
      first.wire().putDelivery("d", handledBy(slow));
      scene.artemis().address().send(scene.queue(), Orders.upTo(200).bodies());
      eventually(() -> assertThat(slow.bodies()).isNotEmpty());

      RunnerProcess second = scene.coordinator("n2", scene.external("n2")).start();
      second.wire().putDelivery("d", handledBy(fast));

      within(PATIENCE, () -> assertThat(fast.bodies()).hasSizeGreaterThanOrEqualTo(200 - 2));
      end.countDown();
    }
  }

  private DeliverySpec handledBy(HandlerServer handler) {
    return DeliverySpec.fromQueue(scene.queue()).handler(handler.url(), "PT2M").consumers(1);
  }
}

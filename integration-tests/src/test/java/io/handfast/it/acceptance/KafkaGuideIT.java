package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Guide;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands of the guide to Kafka work as they stand, in order. */
class KafkaGuideIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void threeCommandsTakeATopicToRowsAndTheOthersWorkOnIt() throws Exception {
    try (Guide guide = new Guide(scene, "kafka.md", "localhost:9092", scene.kafka().address())) {
      scene.kafka().createTopic("orders", 2);
      scene.kafka().send("orders", 2, Orders.upTo(3).bodies());

      guide.run(3);

      within(
          PATIENCE,
          () ->
              assertThat(scene.database().number("SELECT count(*) FROM orders"))
                  .as(guide.log().tail(20))
                  .isEqualTo(3));
      guide.runRest();
    }
  }
}

package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Guide;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands of the guide to SQS work as they stand, in order. */
class SqsGuideIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void threeCommandsTakeAQueueToRowsAndTheOthersWorkOnIt() throws Exception {
    String address = scene.sqs().address().getAuthority();
    try (Guide guide = new Guide(scene, "sqs.md", "localhost:9324", address)) {
      guide.run(1); // a queue with two messages

      guide.run(3);

      within(
          PATIENCE,
          () ->
              assertThat(scene.database().values("SELECT id FROM orders ORDER BY id"))
                  .as(guide.log().tail(20))
                  .containsExactly("o-1", "o-2"));
      within(PATIENCE, () -> assertThat(scene.sqs().messages("orders.fifo")).isZero());
      guide.runRest();
      assertThat(scene.database().number("SELECT count(*) FROM orders"))
          .as("what a client has pulled")
          .isEqualTo(3);
    }
  }
}

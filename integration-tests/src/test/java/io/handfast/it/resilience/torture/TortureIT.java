package io.handfast.it.resilience.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Everything under all guarantees at once, while coordinators, brokers and the database are killed,
 * stopped and cut off at random.
 *
 * <p>{@code mvn verify} plays a short one; {@code mvn verify -Ptorture} plays longer, for as long
 * as {@code -Dtorture.duration=PT1H} says or until {@code -Dtorture.kills=1000}, and again what
 * {@code -Dtorture.seed} did.
 */
class TortureIT {
  private static final int MESSAGES_PER_SECOND = Integer.getInteger("torture.rate", 100);
  private static final long SEED = Long.getLong("torture.seed", System.nanoTime());
  private static final Duration DURATION =
      Duration.parse(System.getProperty("torture.duration", "PT1M"));
  private static final int KILLS = Integer.getInteger("torture.kills", Integer.MAX_VALUE);

  private static final Duration PATIENCE = Duration.ofMinutes(5).plus(Fault.CLOCK);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void nothingIsLostOrDoubled() throws Exception {
    TortureRun.Result result =
        new TortureRun(scene, SEED, MESSAGES_PER_SECOND, PATIENCE).play(DURATION, KILLS);

    new TortureReport(result).write();

    assertThat(result.brokenPromises()).as("seed %d", SEED).isEmpty();
    assertThat(result.left()).as("left in the end, seed %d", SEED).isEmpty();
    assertThat(result.endedByItself()).as("ended by themselves, seed %d", SEED).isEmpty();
    assertThat(result.timeline().kills()).as("kills").isPositive();
  }
}

package io.handfast.delivery;

import io.handfast.message.Message;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * The longest time from a message's sending to its effect, since somebody asked last.
 *
 * <p>One message a unit is looked at, the first and so the oldest. Thread-safe.
 */
final class LatencyMark {

  private static final long NONE = -1;

  private final LongAccumulator longest = new LongAccumulator(Math::max, NONE);

  void committed(List<Message> applied, Clock clock) {
    if (!applied.isEmpty() && applied.get(0).header("JMSTimestamp") instanceof Long sent) {
      // A sender may have another clock than this node.
      longest.accumulate(Math.max(0, clock.millis() - sent));
    }
  }

  /** In milliseconds; null where nothing took effect meanwhile. */
  @Nullable Long take() {
    long taken = longest.getThenReset();
    return taken == NONE ? null : taken;
  }
}

package io.handfast.live;

import io.handfast.event.Event;
import io.handfast.event.Event.DeliveryClosed;
import io.handfast.event.Event.UnitEnded;
import io.handfast.event.Subscriber;
import io.handfast.message.Message;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * The longest latency of each delivery since the last sample.
 *
 * <p>One message a unit is looked at, the first and so the oldest. Thread-safe.
 */
@Singleton
public class Latencies implements Subscriber {

  private static final long NONE = -1;

  private final Clock clock;
  private final Map<String, LongAccumulator> longest = new ConcurrentHashMap<>();

  public Latencies(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void on(Event event) {
    if (event instanceof UnitEnded ended && !ended.unit().delivery().isTemporary()) {
      tookEffect(ended.unit().delivery().name(), ended.tookEffect());
    } else if (event instanceof DeliveryClosed closed) {
      longest.remove(closed.delivery().name());
    }
  }

  private void tookEffect(String delivery, List<Message> messages) {
    if (!messages.isEmpty() && messages.get(0).header("JMSTimestamp") instanceof Long sent) {
      // A sender may have another clock than this node.
      longest
          .computeIfAbsent(delivery, name -> new LongAccumulator(Math::max, NONE))
          .accumulate(Math.max(0, clock.millis() - sent));
    }
  }

  /** In milliseconds; null where nothing took effect meanwhile. */
  @Nullable Long take(String delivery) {
    LongAccumulator known = longest.get(delivery);
    long taken = known == null ? NONE : known.getThenReset();
    return taken == NONE ? null : taken;
  }
}

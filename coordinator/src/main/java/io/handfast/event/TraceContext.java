package io.handfast.event;

import io.handfast.event.Event.UnitReceived;
import io.handfast.message.Message;
import java.util.Map;

/**
 * Gives the trace headers for a copy of a message or a call about it. A question, and no event: the
 * unit needs the answer. Thread-safe.
 */
@FunctionalInterface
public interface TraceContext {

  /** Where nothing is traced. */
  TraceContext NONE = (unit, message) -> Map.of();

  /**
   * The context of a message of a unit that has not ended.
   *
   * @return headers by their names, each a Java identifier; none where nothing is traced
   */
  Map<String, String> of(UnitReceived unit, Message message);
}

package io.handfast.event;

import io.handfast.message.Source;
import java.util.Map;

/** The read-only view of a delivery for subscribers. Thread-safe. */
public interface ObservedDelivery {

  String name();

  /** Where its messages come from. */
  Source source();

  /** How often a message takes effect. */
  Enum<?> guarantee();

  /** Where messages go that cannot be applied. */
  String deadLetterQueue();

  /** Whether it is a comparison's own, and listed nowhere. */
  boolean isTemporary();

  /** Whether it moves messages. */
  Enum<?> state();

  /** How many units are in flight. */
  int unitsInHand();

  /** What it has done since the node's start, in messages, by the counters' names on the wire. */
  Map<String, Long> counts();
}

package io.handfast.delivery;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** The message counters of one delivery since the node's start. Thread-safe. */
public final class Counters {

  /** Messages taken from the source, repeats included. */
  final LongAdder received = new LongAdder();

  /** Messages that took effect. */
  final LongAdder committed = new LongAdder();

  /** Messages whose application was undone; they come again. */
  final LongAdder rolledBack = new LongAdder();

  /** Messages that had been in some consumer's hand before. */
  final LongAdder redelivered = new LongAdder();

  /** Messages that went to the dead-letter queue. */
  final LongAdder deadLettered = new LongAdder();

  /** Copies that were recognised and not applied again. */
  final LongAdder duplicatesDropped = new LongAdder();

  /** Messages that the broker would have lost in a crash of its own; not on the wire. */
  final LongAdder nonPersistent = new LongAdder();

  private final AtomicBoolean isNonPersistentTold = new AtomicBoolean();

  /** How many messages came since the start that a crash of the broker would have lost. */
  public long nonPersistentMessages() {
    return nonPersistent.sum();
  }

  /** Whether such messages have come and nothing was told of it yet; true once. */
  boolean hasNewsOfNonPersistent() {
    return nonPersistent.sum() > 0 && isNonPersistentTold.compareAndSet(false, true);
  }

  /** The values by their names on the wire. */
  public Map<String, Long> values() {
    Map<String, Long> values = new LinkedHashMap<>();
    values.put("received", received.sum());
    values.put("committed", committed.sum());
    values.put("rolledBack", rolledBack.sum());
    values.put("redelivered", redelivered.sum());
    values.put("deadLettered", deadLettered.sum());
    values.put("duplicatesDropped", duplicatesDropped.sum());
    return values;
  }
}

package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.ProcessTree;
import java.util.Map;
import java.util.Optional;

/** What is measured: a program that moves the messages of a queue into the table {@code sink}. */
interface Contestant {
  String name();

  /** How it is set up, for the report. */
  Map<String, String> settings();

  /** Makes it begin; it may be asked again after {@link #stop}, for another place. */
  void start(Place place) throws Exception;

  /** Makes it end in order; returns when it is gone. */
  void stop() throws Exception;

  /** The process that does the work, or the first of several. */
  long pid();

  /** Everything that runs for it. */
  default ProcessTree processes() {
    return new ProcessTree(pid());
  }

  /** Whether there must be messages in the queue for it. */
  default boolean needsMessages() {
    return true;
  }

  /** How many of the messages it still has to do. */
  default long left(Place place) throws Exception {
    return place.queued();
  }

  /** Its own record of its commits, where the table has none. */
  default Optional<Timeline> timeline() {
    return Optional.empty();
  }

  /** Whether every message must be a row in the end, so that it is worth counting them. */
  default boolean isAudited() {
    return true;
  }
}

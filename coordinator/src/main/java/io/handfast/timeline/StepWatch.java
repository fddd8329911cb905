package io.handfast.timeline;

import org.jspecify.annotations.Nullable;

/** Is told of each step of a transaction that took time, by many threads. */
@FunctionalInterface
public interface StepWatch {

  /** Looks away. */
  StepWatch NONE = (step, participant, nanos) -> {};

  /**
   * A step is over.
   *
   * @param step its name, as a timeline shows it
   * @param participant who took it; null for the coordinator itself
   * @param nanos how long it took
   */
  void stepped(String step, @Nullable String participant, long nanos);
}

package io.handfast.event;

/** Receives the events of this process, in the thread that causes them; many threads call. */
@FunctionalInterface
public interface Subscriber {

  /**
   * Takes one event. The thread has work to do: it must not wait here.
   *
   * @throws RuntimeException the event is lost for this subscriber, and counted ({@link Events})
   */
  void on(Event event);
}

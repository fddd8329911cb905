package io.handfast.event;

import io.handfast.node.OutOfMemory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Publishes events to the subscribers, one after the other, in the thread that causes them.
 *
 * <p>A subscriber that fails does not fail what it is told of: a failure between two steps of a
 * unit of work would be taken for one of the step, and hold up a delivery. It is logged once for
 * each subscriber, and counted each time. Thread-safe.
 */
public final class Events {

  /** Publishes to no subscriber. */
  public static final Events NONE = new Events(List.of());

  private static final Logger LOG = Logger.getLogger(Events.class);

  private final Subscriber[] subscribers;
  private final LongAdder failures;
  private final Set<Subscriber> failed = ConcurrentHashMap.newKeySet();

  public Events(List<Subscriber> subscribers) {
    this(subscribers.stream(), new LongAdder());
  }

  private Events(Stream<Subscriber> subscribers, LongAdder failures) {
    this.subscribers = subscribers.toArray(Subscriber[]::new);
    this.failures = failures;
  }

  /** The same stream with one more subscriber, for a part of what happens. */
  public Events and(Subscriber subscriber) {
    return new Events(Stream.concat(Stream.of(subscribers), Stream.of(subscriber)), failures);
  }

  /** Whether there is a subscriber; where not, the caller need not measure how long a step took. */
  public boolean isHeard() {
    return subscribers.length > 0;
  }

  /** Tells every subscriber. */
  public void publish(Event event) {
    for (Subscriber subscriber : subscribers) {
      try {
        subscriber.on(event);
      } catch (RuntimeException | Error e) {
        OutOfMemory.endProcessIfCauseOf(e);
        failed(subscriber, event, e);
      }
    }
  }

  private void failed(Subscriber subscriber, Event event, Throwable failure) {
    failures.increment();
    if (failed.add(subscriber)) {
      LOG.errorf(
          failure,
          "event lost subscriber=%s event=%s: what this subscriber shows is incomplete from now on, and nothing else is harmed; report this with its stack trace, further ones are only counted (handfast_events_lost_total)",
          subscriber.getClass().getSimpleName(),
          event.getClass().getSimpleName());
    }
  }

  /** How many events a subscriber has failed to take, those of {@link #and} included. */
  public long lost() {
    return failures.sum();
  }
}

package io.handfast.timeline;

import io.handfast.event.Event;
import io.handfast.event.Event.BranchRecovered;
import io.handfast.event.Event.ClientTransactionBegun;
import io.handfast.event.Event.ClientTransactionEnded;
import io.handfast.event.Event.UnitEnded;
import io.handfast.event.Event.UnitReceived;
import io.handfast.event.Subscriber;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The timelines of the latest transactions of this process; older ones are dropped.
 *
 * <p>They are for people who look, and nothing is decided by them: the log alone says what became
 * of a transaction, and a restart begins with none. A step costs the writing of a few fields.
 * Thread-safe.
 */
@Singleton
public class Timelines implements Subscriber {

  private static final int KEPT = 1_000;

  private final Clock clock;
  private final AtomicReferenceArray<Timeline> ring = new AtomicReferenceArray<>(KEPT);
  private final AtomicLong kept = new AtomicLong();
  private final Map<TransactionId, Timeline> open = new ConcurrentHashMap<>();

  public Timelines(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void on(Event event) {
    if (event instanceof UnitReceived unit && unit.transaction() != null) {
      long now = System.nanoTime();
      long ago = now - unit.receivedNanos() + unit.nanos();
      Instant begun = clock.instant().minusNanos(ago);
      begin(new Timeline(unit.transaction(), unit.delivery().name(), begun, now - ago));
    } else if (event instanceof ClientTransactionBegun begun) {
      begin(new Timeline(begun.transaction(), null, clock.instant(), System.nanoTime()));
    }
    if (event instanceof Event.Step step && step.transaction() != null) {
      stepped(step);
    } else if (event instanceof UnitEnded ended && ended.unit().transaction() != null) {
      end(ended.unit().transaction(), ended.outcome());
    } else if (event instanceof ClientTransactionEnded ended) {
      end(ended.transaction(), ended.outcome());
    } else if (event instanceof BranchRecovered branch) {
      find(branch.transaction()).ifPresent(timeline -> timeline.recovered(branch));
    }
  }

  private void begin(Timeline timeline) {
    open.put(timeline.id(), timeline);
    long number = kept.getAndIncrement();
    ring.set((int) (number % KEPT), timeline);
  }

  /** A step of a unit that has received nothing belongs to no timeline. */
  private void stepped(Event.Step step) {
    Timeline timeline = open.get(step.transaction());
    if (timeline != null) {
      timeline.add(step);
    }
  }

  private void end(TransactionId id, Outcome outcome) {
    Timeline timeline = open.remove(id);
    if (timeline != null) {
      timeline.end(outcome);
    }
  }

  public Optional<Timeline> find(TransactionId id) {
    return latest().stream().filter(timeline -> timeline.id().equals(id)).findFirst();
  }

  /** What is kept, the newest first. */
  public List<Timeline> latest() {
    List<Timeline> latest = new ArrayList<>();
    long newest = kept.get();
    for (long number = newest - 1; number >= Math.max(0, newest - KEPT); number--) {
      Timeline timeline = ring.get((int) (number % KEPT));
      if (timeline != null) {
        latest.add(timeline);
      }
    }
    return latest;
  }
}

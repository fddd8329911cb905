package io.handfast.timeline;

import io.handfast.commit.Transactions;
import io.handfast.event.Event;
import io.handfast.event.Event.BranchRecovered;
import io.handfast.event.Subscriber;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The stories of the latest transactions of this process; older ones make room.
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

  private volatile StoryWatch watch = StoryWatch.NONE;

  public Timelines(Clock clock) {
    this.clock = clock;
  }

  /** Says whom to tell of the stories that begin from now on. */
  public void watchBy(StoryWatch listener) {
    watch = listener;
  }

  /**
   * Begins a story, which is kept once that is asked for.
   *
   * @param delivery the delivery that the transaction is a unit of; null for a client's
   */
  public Timeline begin(TransactionId id, @Nullable String delivery) {
    Timeline timeline = new Timeline(id, delivery, clock.instant(), watch);
    open.put(id, timeline);
    return timeline;
  }

  /** Lets people see a story, from now on. */
  public void keep(Timeline timeline) {
    long number = kept.getAndIncrement();
    ring.set((int) (number % KEPT), timeline);
    watch.begun(timeline);
  }

  /** The transaction is over in the hands of whoever worked on it. */
  public void end(Timeline timeline, Outcome outcome) {
    timeline.end(outcome);
    abandon(timeline);
  }

  /** A story is over, with its outcome told or without one. */
  void abandon(Timeline timeline) {
    open.remove(timeline.id());
    watch.ended(timeline);
  }

  /** The decision to commit is durable. */
  public void decided(TransactionId id) {
    Timeline timeline = open.get(id);
    if (timeline != null) {
      timeline.decided();
    }
  }

  @Override
  public void on(Event event) {
    if (event instanceof BranchRecovered branch) {
      find(branch.transaction()).ifPresent(timeline -> timeline.recovered(branch));
    }
  }

  /** An engine whose clients' transactions have their story told. */
  public Transactions watching(Transactions engine) {
    return new WatchedTransactions(engine, this);
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

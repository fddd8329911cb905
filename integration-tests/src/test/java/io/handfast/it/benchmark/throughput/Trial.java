package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.ProcessTree;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One round of one contestant.
 *
 * <p>It has warmed up ({@link WarmUp}), and waits, when the whole backlog is put into its queue,
 * which is paused for that long. What counts begins with the commit that ends a first part of the
 * backlog, in which units of work and buffers fill, and ends with the last commit, or after a time,
 * so that a slow contestant is measured by its rate and need not empty the queue.
 *
 * <p>The table's own record of commits says when that was, see {@link Timeline#of}; until the end
 * nobody asks more than the broker for the length of the queue, ten times a second.
 */
final class Trial {
  private static final long LOOK_MILLIS = 100;
  private static final Duration LONGEST_STANDSTILL = Duration.ofSeconds(60);

  private final Rig rig;
  private final Contestant contestant;
  private final Load load;

  Trial(Rig rig, Contestant contestant, Load load) {
    this.rig = rig;
    this.contestant = contestant;
    this.load = load;
  }

  Map<Figure, Double> play() throws Exception {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    try (Place place = rig.place()) {
      Usage usage;
      long begin;
      try {
        startWithBacklog(place);
        ProcessTree itself = contestant.processes();
        List<ProcessTree> processes = new ArrayList<>(List.of(itself));
        processes.addAll(rig.servers());
        usage = new Usage(processes);
        try (usage) {
          begin = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
          if (contestant.isAudited()) {
            place.broker().setPaused(place.queue(), false);
          }
          awaitEnd(place);
          if (contestant.isAudited()) { // what is bare lives in the tests' own process
            figures.put(Figure.RESIDENT, itself.residentMebibytes());
          }
        }
      } finally {
        contestant.stop();
      }
      return measure(place, usage, begin, figures);
    }
  }

  /** What is bare runs in the tests' own process, which is warm by itself. */
  private void startWithBacklog(Place place) throws Exception {
    if (contestant.isAudited()) {
      new Messages(load.size()).fill(place.broker(), place.queue(), 1, 1); // makes the queue
      contestant.start(place);
      WarmUp.give(place, load.size());
      place.broker().setPaused(place.queue(), true);
      fill(place);
    } else {
      if (contestant.needsMessages()) {
        fill(place);
      }
      contestant.start(place);
    }
  }

  private void fill(Place place) throws Exception {
    new Messages(load.size()).fill(place.broker(), place.queue(), 1, load.total());
  }

  private Map<Figure, Double> measure(
      Place place, Usage usage, long begin, Map<Figure, Double> figures) throws Exception {
    Timeline timeline =
        contestant.timeline().isPresent()
            ? contestant.timeline().get()
            : Timeline.of(place.database());
    Timeline.Window window = timeline.since(begin).window(load);
    figures.put(Figure.RATE, window.rate());
    double[] used = usage.in(window);
    double perMessage = 1000.0 / window.messages();
    figures.put(Figure.CONTESTANT_CPU, used[0] * perMessage);
    figures.put(Figure.BROKER_CPU, used[1] * perMessage);
    figures.put(Figure.DATABASE_CPU, used[2] * perMessage);
    figures.put(Figure.CORES, used[3] / window.seconds());
    if (contestant.isAudited()) {
      audit(place, figures);
    }
    return figures;
  }

  private void awaitEnd(Place place) throws Exception {
    long first = 0;
    long moved = System.nanoTime();
    long before = load.total();
    long most = load.longestWarmUp().plus(load.longest()).toNanos();
    while (before > 0) {
      Thread.sleep(LOOK_MILLIS);
      long now = System.nanoTime();
      long left = contestant.left(place);
      if (left != before) {
        moved = now;
        first = first == 0 ? now : first;
      }
      if (first != 0 && now - first > most) {
        return;
      }
      if (now - moved > LONGEST_STANDSTILL.toNanos()) {
        throw new IllegalStateException(
            "%s stands still with %d messages left".formatted(contestant.name(), left));
      }
      before = left;
    }
    place.awaitSettled();
  }

  /** Every message is in exactly one of queue and table, whatever was left in the queue. */
  private void audit(Place place, Map<Figure, Double> figures) throws Exception {
    long rows = place.database().number("SELECT count(*) FROM sink");
    long distinct = place.database().number("SELECT count(DISTINCT id) FROM sink");
    long accounted = distinct + place.queued();
    figures.put(Figure.LOST, (double) Math.max(0, load.total() - accounted));
    figures.put(
        Figure.DUPLICATED, (double) (rows - distinct + Math.max(0, accounted - load.total())));
  }
}

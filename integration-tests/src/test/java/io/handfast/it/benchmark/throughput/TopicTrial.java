package io.handfast.it.benchmark.throughput;

import io.handfast.it.benchmark.throughput.TopicContestant.Running;
import io.handfast.it.harness.ProcessTree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One round of one contestant from Kafka, as {@link Trial} has it: warmed up by the same work, and
 * then the whole backlog. A topic cannot be paused, so the contestant stands still (SIGSTOP) while
 * its topic is filled.
 */
record TopicTrial(TopicRig rig, TopicContestant contestant, Load load) {
  private static final int PORTION = 10_000;

  Map<Figure, Double> play() throws Exception {
    try (TopicPlace place = rig.place()) {
      Messages messages = new Messages(load.size());
      Running running = contestant.starting().start(place);
      Map<Figure, Double> figures = new EnumMap<>(Figure.class);
      Usage usage;
      long begin;
      try {
        long before = warmUp(place, messages);
        running.process().freeze();
        place.fill(messages, 1, load.total());
        ProcessTree itself = new ProcessTree(running.process().pid());
        List<ProcessTree> processes = new ArrayList<>(List.of(itself));
        processes.addAll(rig.servers());
        usage = new Usage(processes);
        try (usage) {
          begin = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
          running.process().thaw();
          place.awaitTaken(before + load.total());
          figures.put(Figure.RESIDENT, itself.residentMebibytes());
        }
      } finally {
        running.stop().run();
      }
      return measure(place, usage, begin, figures);
    }
  }

  /** Keeps it busy; afterwards all is taken and the table is empty. Returns how much it was. */
  static long warmUp(TopicPlace place, Messages messages) throws Exception {
    long end = System.nanoTime() + WarmUp.TIME.toNanos();
    long sent = 0;
    while (System.nanoTime() < end) {
      place.fill(messages, 1 + sent, PORTION);
      sent += PORTION;
      place.awaitCommitted(sent - 2 * PORTION);
    }
    place.awaitTaken(sent);
    place.database().execute("TRUNCATE sink");
    return sent;
  }

  private Map<Figure, Double> measure(
      TopicPlace place, Usage usage, long begin, Map<Figure, Double> figures) throws Exception {
    Timeline.Window window = Timeline.of(place.database()).since(begin).window(load);
    figures.put(Figure.RATE, window.rate());
    double[] used = usage.in(window);
    double perMessage = 1000.0 / window.messages();
    figures.put(Figure.CONTESTANT_CPU, used[0] * perMessage);
    figures.put(Figure.BROKER_CPU, used[1] * perMessage);
    figures.put(Figure.DATABASE_CPU, used[2] * perMessage);
    figures.put(Figure.CORES, used[3] / window.seconds());
    long rows = place.database().number("SELECT count(*) FROM sink");
    long distinct = place.database().number("SELECT count(DISTINCT id) FROM sink");
    figures.put(Figure.LOST, (double) (load.total() - distinct));
    figures.put(Figure.DUPLICATED, (double) (rows - distinct));
    return figures;
  }
}

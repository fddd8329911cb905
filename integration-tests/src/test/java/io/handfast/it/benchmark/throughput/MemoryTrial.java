package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.ProcessTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** How much memory a contestant has after some messages, and after very many. */
final class MemoryTrial {
  static final int FEW = Integer.getInteger("throughput.memory.few", 10_000);
  static final int MANY = Integer.getInteger("throughput.memory.many", 1_000_000);

  private static final int PORTION = 20_000;
  private static final int MOST_QUEUED = 2 * PORTION;
  private static final double KIBI = 1024;
  private static final Duration LOOK = Duration.ofMillis(100);

  /** Not those of classes, which are no heap. */
  private static final Pattern USED =
      Pattern.compile("^ (?!Metaspace|  class).*used (\\d+)K", Pattern.MULTILINE);

  private final Rig rig;
  private final Contestant contestant;

  MemoryTrial(Rig rig, Contestant contestant) {
    this.rig = rig;
    this.contestant = contestant;
  }

  /** What it has after few, then after many. */
  List<Map<Figure, Double>> play() throws Exception {
    try (Place place = rig.place()) {
      contestant.start(place);
      try {
        send(place, 0, FEW);
        Map<Figure, Double> few = measure();
        send(place, FEW, MANY);
        return List.of(few, measure());
      } finally {
        contestant.stop();
      }
    }
  }

  private void send(Place place, int from, int to) throws Exception {
    Messages messages = new Messages(Load.SIZE);
    for (int sent = from; sent < to; sent += PORTION) {
      messages.fill(place.broker(), place.queue(), sent + 1L, Math.min(PORTION, to - sent));
      place.awaitQueued(MOST_QUEUED, LOOK);
    }
    place.awaitQueued(0, LOOK);
  }

  private Map<Figure, Double> measure() throws Exception {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.RESIDENT, new ProcessTree(contestant.pid()).residentMebibytes());
    jcmd("GC.run");
    double kibibytes =
        USED.matcher(jcmd("GC.heap_info"))
            .results()
            .map(MatchResult::group)
            .mapToDouble(line -> Double.parseDouble(line.replaceAll(".*used (\\d+)K", "$1")))
            .sum();
    if (kibibytes > 0) { // 0: not a Java virtual machine
      figures.put(Figure.HEAP, kibibytes / KIBI);
    }
    return figures;
  }

  private String jcmd(String command) throws IOException {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(program, Long.toString(contestant.pid()), command)
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}

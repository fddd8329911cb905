package io.handfast.it.benchmark.throughput;

import io.handfast.it.benchmark.throughput.TopicContestant.Running;
import java.time.Duration;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * How long a record takes from when it is sent until another connection sees its row, one in
 * flight. Before that it is warmed up by the same work: a unit of one record runs code that one of
 * many runs rarely.
 */
record TopicLatencyTrial(TopicRig rig, TopicContestant contestant, Duration measured) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  Map<Figure, Double> play() throws Exception {
    try (TopicPlace place = rig.place()) {
      place.database().execute("CREATE INDEX ON sink(id)");
      Running running = contestant.starting().start(place);
      try {
        TopicTrial.warmUp(place, new Messages(Load.SIZE));
        return oneInFlight(place);
      } finally {
        running.stop().run();
      }
    }
  }

  static String description() {
    return "each for %d s, after %d s of work under a backlog and %d s of one in flight that are not counted"
        .formatted(
            Section.LATENCY_TIME.toSeconds(), WarmUp.TIME.toSeconds(), WarmUp.TIME.toSeconds());
  }

  private Map<Figure, Double> oneInFlight(TopicPlace place) throws Exception {
    Histogram histogram = new Histogram(3);
    Messages messages = new Messages(Load.SIZE);
    try (KafkaProducer<byte[], byte[]> producer = rig.kafka().producer(Map.of("linger.ms", "0"));
        Watcher watcher = new Watcher(place.database())) {
      long begin = System.nanoTime();
      long id = 0;
      long warm = begin + WarmUp.TIME.toNanos();
      while (System.nanoTime() - warm < measured.toNanos()) {
        id++;
        long sent = System.nanoTime();
        producer.send(place.message(messages, id));
        long seen = watcher.awaitRow(id, PATIENCE);
        if (seen > warm) {
          histogram.recordValue(seen - sent);
        }
      }
    }
    return LatencyTrial.figures(histogram);
  }
}

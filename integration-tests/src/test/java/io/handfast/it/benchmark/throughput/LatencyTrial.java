package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Broker;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * How long a message takes from when it is sent until another connection sees its row.
 *
 * <p>Either one message is in flight, or messages are sent at a rate; then each counts from when it
 * was due, so that a sender who is held up hides nothing. Those that are due together are sent in
 * one transaction. The first third of the time is not measured.
 *
 * @param rate messages a second; 0 for one in flight
 */
record LatencyTrial(Rig rig, Contestant contestant, int rate, Duration measured) {
  private static final double MILLI = 1e6;
  private static final double SECOND = 1e9;
  private static final long PAUSE_NANOS = 500_000;
  private static final int MOST = 2_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  Map<Figure, Double> play() throws Exception {
    try (Place place = rig.place()) {
      place.database().execute("CREATE INDEX ON sink(id)");
      contestant.start(place);
      try {
        WarmUp.give(place, Load.SIZE);
        return rate == 0 ? oneInFlight(place) : atRate(place);
      } finally {
        contestant.stop();
      }
    }
  }

  private Map<Figure, Double> oneInFlight(Place place) throws Exception {
    Histogram histogram = new Histogram(3);
    Messages messages = new Messages(Load.SIZE);
    try (Sender sender = new Sender(place);
        Watcher watcher = new Watcher(place.database())) {
      long begin = System.nanoTime();
      long id = 0;
      while (System.nanoTime() - begin < measured.toNanos() * 3 / 2) {
        id++;
        long sent = System.nanoTime();
        sender.send(messages.text(id));
        sender.commit();
        long seen = watcher.awaitRow(id, PATIENCE);
        if (seen - begin > measured.toNanos() / 2) {
          histogram.recordValue(seen - sent);
        }
      }
    }
    return figures(histogram);
  }

  private Map<Figure, Double> atRate(Place place) throws Exception {
    int total = (int) Math.min(MOST, rate * measured.toSeconds() * 3 / 2);
    long[] due = new long[total + 1];
    try (Sender sender = new Sender(place);
        Watcher watcher = new Watcher(place.database())) {
      Thread watching = watcher.watch(total, PATIENCE);
      long begin = System.nanoTime();
      for (int id = 1; id <= total; id++) {
        due[id] = begin + (long) (id / (double) rate * SECOND);
      }
      sendWhenDue(sender, due);
      watching.join(PATIENCE.toMillis());
      Histogram histogram = new Histogram(3);
      for (int id = total / 3; id <= total; id++) {
        histogram.recordValue(Math.max(0, watcher.seen(id) - due[id]));
      }
      return figures(histogram);
    }
  }

  private static void sendWhenDue(Sender sender, long[] due) throws JMSException {
    Messages messages = new Messages(Load.SIZE);
    int id = 1;
    while (id < due.length) {
      boolean any = false;
      while (id < due.length && due[id] <= System.nanoTime()) {
        sender.send(messages.text(id));
        id++;
        any = true;
      }
      if (any) {
        sender.commit();
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  static Map<Figure, Double> figures(Histogram histogram) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.P50, histogram.getValueAtPercentile(50) / MILLI);
    figures.put(Figure.P99, histogram.getValueAtPercentile(99) / MILLI);
    figures.put(Figure.P999, histogram.getValueAtPercentile(99.9) / MILLI);
    return figures;
  }

  /** Sends in a transaction by a connection that stays. */
  private static final class Sender implements AutoCloseable {
    private final ActiveMQConnectionFactory factory;
    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;

    Sender(Place place) throws JMSException {
      Broker broker = place.broker();
      factory = new ActiveMQConnectionFactory(broker.url());
      connection = factory.createConnection(broker.username(), broker.password());
      session = connection.createSession(Session.SESSION_TRANSACTED);
      producer = session.createProducer(session.createQueue(place.queue()));
    }

    void send(String text) throws JMSException {
      producer.send(session.createTextMessage(text));
    }

    void commit() throws JMSException {
      session.commit();
    }

    @Override
    public void close() throws JMSException {
      connection.close();
      factory.close();
    }
  }

  static String description() {
    return "each for %d s, after a third of that and %d s of work under a backlog that are not counted"
        .formatted(Section.LATENCY_TIME.toSeconds(), WarmUp.TIME.toSeconds());
  }
}

package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Broker;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Empties the queue in transacted batches and throws the messages away. */
final class Drain extends Bare {
  static final String NAME = "drain: no database";
  private static final long FIRST_MILLIS = 100;

  /** So that a batch is filled with what is on its way; asking without a pause fills a quarter. */
  private static final long NEXT_MILLIS = 2;

  private final Queue<Timeline.Step> commits = new ConcurrentLinkedQueue<>();

  Drain() {
    super(NAME);
  }

  @Override
  public void start(Place place) {
    commits.clear();
    super.start(place);
  }

  @Override
  void work(Place place, int thread) throws JMSException {
    Broker broker = place.broker();
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(broker.url());
        Connection connection = factory.createConnection(broker.username(), broker.password())) {
      Session session = connection.createSession(Session.SESSION_TRANSACTED);
      MessageConsumer consumer = session.createConsumer(session.createQueue(place.queue()));
      connection.start();
      while (!isToStop()) {
        int taken = take(consumer);
        session.commit();
        if (taken > 0) {
          commits.add(
              new Timeline.Step(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), taken));
        }
      }
    }
  }

  private static int take(MessageConsumer consumer) throws JMSException {
    int taken = 0;
    while (taken < BATCH && consumer.receive(taken == 0 ? FIRST_MILLIS : NEXT_MILLIS) != null) {
      taken++;
    }
    return taken;
  }

  @Override
  public Optional<Timeline> timeline() {
    return Optional.of(new Timeline(commits.stream().toList()));
  }
}

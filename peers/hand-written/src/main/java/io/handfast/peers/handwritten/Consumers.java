package io.handfast.peers.handwritten;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that each have a connection and a transacted session, until they are told to stop. */
final class Consumers {
  private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);
  private static final long PAUSE_MILLIS = 500;

  private final Settings settings;
  private final Handler handler;
  private final CountDownLatch subscribed;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  Consumers(Settings settings, Handler handler) {
    this.settings = settings;
    this.handler = handler;
    this.subscribed = new CountDownLatch(settings.consumers());
  }

  /** Returns when all are subscribed. */
  void start() throws InterruptedException {
    for (int i = 1; i <= settings.consumers(); i++) {
      Thread thread = new Thread(this::consume, "consumer-" + i);
      threads.add(thread);
      thread.start();
    }
    subscribed.await();
  }

  /** Returns when the last one is done with the message in flight. */
  void stop() {
    stopping = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void consume() {
    boolean first = true;
    while (!stopping) {
      try (Connection connection = settings.connect();
          Session session = connection.createSession(Session.SESSION_TRANSACTED);
          MessageConsumer consumer =
              session.createConsumer(session.createQueue(settings.queue()))) {
        connection.start();
        if (first) {
          subscribed.countDown();
          first = false;
        }
        while (!stopping) {
          consumeNext(session, consumer);
        }
      } catch (Exception e) {
        LOG.error("no connection; trying again", e);
        pause();
      }
    }
  }

  private void consumeNext(Session session, MessageConsumer consumer) throws JMSException {
    try {
      if (handler.handleNext(consumer)) {
        session.commit();
      }
    } catch (JMSException e) {
      throw e;
    } catch (Exception e) {
      LOG.error("rolled back; the message comes again", e);
      session.rollback();
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

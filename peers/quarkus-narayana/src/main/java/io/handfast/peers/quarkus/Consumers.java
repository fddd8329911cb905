package io.handfast.peers.quarkus;

import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Takes messages and writes rows, one message a JTA transaction, in so many threads. */
@ApplicationScoped
class Consumers {
  private static final long PAUSE_MILLIS = 500;

  private final PeerConfig config;
  private final TransactionManager transactions;
  private final XaConnections connections;
  private final Rows rows;
  private final CountDownLatch subscribed;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  Consumers(
      PeerConfig config, TransactionManager transactions, XaConnections connections, Rows rows) {
    this.config = config;
    this.transactions = transactions;
    this.connections = connections;
    this.rows = rows;
    this.subscribed = new CountDownLatch(config.consumers());
  }

  void start(@Observes StartupEvent event) throws InterruptedException {
    for (int i = 1; i <= config.consumers(); i++) {
      Thread thread = new Thread(this::consume, "consumer-" + i);
      thread.start();
      threads.add(thread);
    }
    subscribed.await();
    System.out.println("consuming");
  }

  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    stopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void consume() {
    boolean first = true;
    while (!stopping) {
      try (Source source = source()) {
        if (first) {
          subscribed.countDown();
          first = false;
        }
        while (!stopping) {
          consumeOne(source);
        }
      } catch (Exception e) {
        Log.error("rolled back; the message comes again", e);
        pause();
      }
    }
  }

  private Source source() throws JMSException {
    return switch (config.mode()) {
      case POOLED -> new Source.Pooled(connections.pool(), config.queue());
      case ENLISTED -> Source.Enlisted.open(transactions, connections.pool(), config.queue());
    };
  }

  private void consumeOne(Source source) throws Exception {
    transactions.begin();
    try {
      Message message = source.receive();
      if (message != null) {
        rows.insert(message);
        transactions.commit();
      }
    } finally {
      rollBackIfActive();
    }
  }

  private void rollBackIfActive() throws SystemException {
    if (transactions.getStatus() != Status.STATUS_NO_TRANSACTION) {
      transactions.rollback();
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

package io.handfast.peers.kafka;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that each are a member of the group, until they are told to stop: the records of a poll
 * are one transaction, and its offsets are committed when that is.
 */
final class Consumers {
  private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);
  private static final Duration WAIT = Duration.ofMillis(500);
  private static final long PAUSE_MILLIS = 500;

  private final Settings settings;
  private final DataSource database;
  private final Rows rows;
  private final CountDownLatch assigned = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  Consumers(Settings settings, DataSource database, Rows rows) {
    this.settings = settings;
    this.database = database;
    this.rows = rows;
  }

  /** Returns when the first has partitions. */
  void start() throws InterruptedException {
    for (int i = 1; i <= settings.consumers(); i++) {
      Thread thread = new Thread(this::consume, "consumer-" + i);
      threads.add(thread);
      thread.start();
    }
    assigned.await();
  }

  /** Returns when the last one is done with the records in flight. */
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
    try (KafkaConsumer<String, String> consumer = settings.consumer()) {
      consumer.subscribe(List.of(settings.topic()), new Assigned());
      while (!stopping) {
        ConsumerRecords<String, String> records = consumer.poll(WAIT);
        if (!records.isEmpty()) {
          handle(records, consumer);
        }
      }
    }
  }

  private void handle(
      ConsumerRecords<String, String> records, KafkaConsumer<String, String> consumer) {
    try {
      // Hikari rolls back what was not committed when the connection is closed.
      try (Connection connection = database.getConnection()) {
        rows.write(records, connection);
        connection.commit();
      }
      consumer.commitSync();
    } catch (Exception e) {
      LOG.error("rolled back; the records come again", e);
      seekBack(records, consumer);
      pause();
    }
  }

  private static void seekBack(
      ConsumerRecords<String, String> records, Consumer<String, String> consumer) {
    Map<TopicPartition, Long> first = new HashMap<>();
    for (ConsumerRecord<String, String> record : records) {
      first.putIfAbsent(new TopicPartition(record.topic(), record.partition()), record.offset());
    }
    first.keySet().retainAll(consumer.assignment());
    first.forEach(consumer::seek);
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Assigned implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        assigned.countDown();
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      // Between two polls all is committed.
    }
  }
}

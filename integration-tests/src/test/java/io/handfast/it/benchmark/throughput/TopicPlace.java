package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Database;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Where one round from Kafka is played: a topic, and a database with a table {@code sink}; gone
 * when closed. Contestants read the topic in a group of the same name.
 */
record TopicPlace(TopicRig rig, String topic, Database database) implements AutoCloseable {
  private static final long LOOK_MILLIS = 100;
  private static final int SETTLED = 3;
  private static final Duration LONGEST_STANDSTILL = Duration.ofSeconds(60);

  /** Puts a number of records into the partitions in turn, from one on; returns when all are in. */
  void fill(Messages messages, long first, long count) {
    try (KafkaProducer<byte[], byte[]> producer = rig.kafka().producer()) {
      for (long id = first; id < first + count; id++) {
        producer.send(message(messages, id));
      }
      producer.flush();
    }
  }

  ProducerRecord<byte[], byte[]> message(Messages messages, long id) {
    byte[] body = messages.text(id).getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, (int) (id % TopicRig.PARTITIONS), null, body);
  }

  /** Waits until the group has told Kafka of so many records, and the table stands still. */
  void awaitTaken(long records) throws Exception {
    awaitCommitted(records);
    awaitSettled();
  }

  /** Waits until the group has told Kafka of so many records. */
  void awaitCommitted(long records) throws Exception {
    try (Admin admin = rig.kafka().admin()) {
      awaitCommitted(admin, records);
    }
  }

  private void awaitCommitted(Admin admin, long records) throws Exception {
    long before = -1;
    long moved = System.nanoTime();
    while (before < records) {
      long now = committed(admin);
      if (now != before) {
        moved = System.nanoTime();
      }
      if (System.nanoTime() - moved > LONGEST_STANDSTILL.toNanos()) {
        throw new IllegalStateException("%s stands still at %d".formatted(topic, now));
      }
      before = now;
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private long committed(Admin admin) throws Exception {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        admin
            .listConsumerGroupOffsets(topic)
            .partitionsToOffsetAndMetadata()
            .get(30, TimeUnit.SECONDS);
    return offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
  }

  private void awaitSettled() throws Exception {
    long before = -1;
    int equal = 0;
    while (equal < SETTLED) {
      long rows = database.number("SELECT count(*) FROM sink");
      equal = rows == before ? equal + 1 : 0;
      before = rows;
      Thread.sleep(LOOK_MILLIS);
    }
  }

  @Override
  public void close() throws Exception {
    rig.remove(this);
  }
}

package io.handfast.it.resilience.guarantee;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.KafkaProcess;
import io.handfast.it.harness.Orders;
import java.util.Map;

/** The messages of a cell, where they come from. */
interface Backlog {

  void send(Orders orders) throws Exception;

  /** How many of them the source has not been told of. */
  long left() throws Exception;

  /** A delivery of them; what happens to them is still to be said. */
  DeliverySpec delivery();

  /** In a queue of Artemis. */
  record Queue(Broker broker, String name) implements Backlog {

    @Override
    public void send(Orders orders) throws Exception {
      broker.send(name, orders.bodies());
    }

    @Override
    public long left() throws Exception {
      return broker.messageCount(name);
    }

    @Override
    public DeliverySpec delivery() {
      return DeliverySpec.fromQueue(name);
    }
  }

  /** In a topic of Kafka, whose group has the same name. */
  record Topic(KafkaProcess kafka, String name, long sent) implements Backlog {
    private static final int PARTITIONS = 4;

    @Override
    public void send(Orders orders) throws Exception {
      kafka.createTopic(name, PARTITIONS);
      kafka.send(name, PARTITIONS, orders.bodies());
    }

    @Override
    public long left() throws Exception {
      long kept = kafka.keptOffsets(name, name).values().stream().mapToLong(Long::longValue).sum();
      return sent - kept;
    }

    @Override
    public DeliverySpec delivery() {
      return DeliverySpec.fromKafka(name).group(name);
    }
  }

  /** In a queue of SQS, in groups. */
  record Leased(ElasticMqProcess sqs, String name) implements Backlog {
    private static final int GROUPS = 20;

    @Override
    public void send(Orders orders) {
      sqs.createQueue(name, Map.of());
      sqs.sendToGroups(name, orders, GROUPS);
    }

    @Override
    public long left() {
      return sqs.messages(name);
    }

    @Override
    public DeliverySpec delivery() {
      return DeliverySpec.fromSqs(name);
    }
  }
}

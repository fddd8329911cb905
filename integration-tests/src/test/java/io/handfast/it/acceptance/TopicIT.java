package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Durable subscriptions: each gets every message, and those who share one compete. */
class TopicIT {
  private static final Orders SENT = Orders.upTo(400);

  @RegisterExtension static final SharedNode SHARED = new SharedNode();
  @RegisterExtension static final SharedNode SECOND = SharedNode.second();

  private Broker broker;
  private String topic;
  private String subscription;
  private OrdersTable table;
  private Wire wire;

  @BeforeEach
  void start() throws Exception {
    broker = SHARED.artemis().address();
    topic = SHARED.unique() + ".topic";
    subscription = subscription("billing");
    table = SHARED.createTable();
    wire = SHARED.wire();
  }

  @Test
  void everySubscriptionGetsEveryMessage() throws Exception {
    OrdersTable second = OrdersTable.create(SHARED.database(), SHARED.unique() + "s");
    String other = subscription("shipping");
    put(wire, "billing", into(table, subscription));
    put(wire, "shipping", into(second, other));

    broker.publish(topic, SENT.bodies());

    eventually(() -> assertThat(table.rows()).isEqualTo(SENT.last()));
    eventually(() -> assertThat(second.rows()).isEqualTo(SENT.last()));
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
    assertThat(second.distinctRows()).isEqualTo(SENT.last());
    eventually(() -> assertThat(broker.messageCount(subscription)).isZero());
    eventually(() -> assertThat(broker.messageCount(other)).isZero());
  }

  @Test
  void theSubscriptionIsThereWhenTheDeliveryIs() throws Exception {
    DeliverySpec delivery = into(table, subscription);
    assertThat(wire.putDelivery("billing", delivery).status()).isEqualTo(201);

    broker.publish(topic, SENT.bodies());

    eventually(() -> assertThat(table.rows()).isEqualTo(SENT.last()));
  }

  @Test
  void coordinatorsOnOneSubscriptionCompete() throws Exception {
    table.slow(Duration.ofMillis(5));
    Wire second = SECOND.wire();
    put(wire, "billing", into(table, subscription).batch(5));
    put(second, "billing", into(table, subscription).batch(5));
    eventually(() -> assertThat(consumers(wire, subscription)).isEqualTo(4));

    broker.publish(topic, SENT.bodies());

    eventually(() -> assertThat(broker.messageCount(subscription)).isZero());
    assertThat(table.rows()).isEqualTo(SENT.last());
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
    eventually(() -> assertThat(committed(wire) + committed(second)).isEqualTo(SENT.last()));
    assertThat(committed(wire)).as("share of n1").isPositive();
    assertThat(committed(second)).as("share of n2").isPositive();
  }

  @Test
  void messagesOfAPauseArriveAfterIt() throws Exception {
    put(wire, "billing", into(table, subscription));
    wire.pause("billing");

    broker.publish(topic, SENT.bodies());

    assertThat(broker.messageCount(subscription)).isEqualTo(SENT.last());
    assertThat(table.rows()).isZero();
    wire.resume("billing");
    eventually(() -> assertThat(table.rows()).isEqualTo(SENT.last()));
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
  }

  @Test
  void aSubscriptionGoesWithItsDeliveryUnlessItIsKept() throws Exception {
    put(wire, "billing", into(table, subscription));

    assertThat(wire.deleteDeliveryAndKeepSubscription("billing").status()).isEqualTo(204);
    broker.publish(topic, SENT.bodies());
    assertThat(broker.messageCount(subscription)).isEqualTo(SENT.last());
    put(wire, "billing", into(table, subscription));
    eventually(() -> assertThat(table.rows()).isEqualTo(SENT.last()));

    assertThat(wire.deleteDelivery("billing").status()).isEqualTo(204);
    broker.publish(topic, SENT.bodies());
    assertThat(broker.messageCount(subscription)).as("nobody subscribes").isZero();
    put(wire, "billing", into(table, subscription));
    broker.publish(topic, Orders.upTo(1).bodies());
    eventually(() -> assertThat(table.rows()).isEqualTo(SENT.last() + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"billing", "billing.eu"})
  void aPoisonMessageIsTriedAgainInItsSubscriptionOnly(String name) throws Exception {
    OrdersTable second = OrdersTable.create(SHARED.database(), SHARED.unique() + "s");
    String poison = "{\"id\": 2, \"item\": \"less than nothing\", \"qty\": -1}";
    String dead = SHARED.unique() + ".dead";
    wire.putDelivery(
        "billing", into(table, subscription(name)).retry(3, "PT0.1S").deadLetter(dead));
    wire.putDelivery(
        "shipping",
        into(second, subscription("shipping")).retry(1, "PT0.1S").deadLetter(dead + ".too"));
    awaitDelivering(table);
    awaitDelivering(second);

    broker.publish(topic, List.of(Orders.json(10), poison, Orders.json(11)));

    eventually(() -> assertThat(broker.browse(dead)).hasSize(1));
    eventually(() -> assertThat(broker.browse(dead + ".too")).hasSize(1));
    assertThat(broker.browse(dead).get(0).headers()).containsEntry("handfast_failures", "3");
    eventually(() -> assertThat(table.ids()).filteredOn(id -> id > 1).hasSize(2));
    assertThat(table.ids()).filteredOn(id -> id > 1).containsExactlyInAnyOrder(10L, 11L);
    assertThat(second.ids()).filteredOn(id -> id > 1).containsExactlyInAnyOrder(10L, 11L);
  }

  private void awaitDelivering(OrdersTable table) {
    eventually(
        () -> {
          broker.publish(topic, Orders.upTo(1).bodies());
          assertThat(table.rows()).isPositive();
        });
  }

  private String subscription(String name) {
    return SHARED.unique().replace('.', '-') + "-" + name;
  }

  private DeliverySpec into(OrdersTable table, String subscription) {
    return DeliverySpec.fromTopic(topic, subscription).statement(table.insert()).consumers(2);
  }

  private static void put(Wire wire, String name, DeliverySpec specification) {
    assertThat(wire.putDelivery(name, specification).status()).isEqualTo(201);
    String subscription = specification.subscription();
    eventually(() -> assertThat(consumers(wire, subscription)).isPositive());
  }

  private static int consumers(Wire wire, String subscription) {
    return wire.queue(subscription).json().path("consumers").asInt();
  }

  private static long committed(Wire wire) {
    return wire.delivery("billing").json().at("/counters/committed").asLong();
  }
}

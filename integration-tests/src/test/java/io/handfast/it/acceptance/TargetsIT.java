package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Senders;
import io.handfast.it.harness.SharedNode;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is sent reaches the queue that was named, for as long as it is meant to stay there. */
class TargetsIT {

  /** Of its own: after a call whose id cannot be claimed it claims none for a minute. */
  @RegisterExtension
  static final SharedNode shared = new SharedNode(configuration -> configuration);

  private String name;
  private Broker broker;

  @BeforeEach
  void createTable() throws Exception {
    name = shared.unique();
    broker = shared.artemis().address();
    shared.database().execute("CREATE TABLE " + name + "(id bigint, v int)");
  }

  @Test
  void aQueueIsFoundThoughItsAddressHasAnotherName() throws Exception {
    String queue = queueOnAnotherAddress("q");
    String dead = queueOnAnotherAddress("dead");
    String next = queueOnAnotherAddress("next");
    broker.createQueue(name + ".q.in", name + ".neighbour", RoutingType.ANYCAST);

    assertThat(shared.wire().sendLines(queue, lines(10)).status()).isEqualTo(201);
    shared.wire().begin(name, "PT1M");
    assertThat(shared.wire().sendInside(name, queue, "{\"id\": 11, \"v\": 1}").status())
        .isEqualTo(201);
    assertThat(shared.wire().commit(name).status()).isEqualTo(200);
    assertThat(broker.messageCount(queue)).isEqualTo(11);
    shared.wire().sendJson(queue, "{\"id\": 12, \"v\": \"bad\"}");
    put(sink(queue).forward(next).deadLetter(dead).retry(3, "PT0.1S"));

    eventually(() -> assertThat(rows()).isEqualTo(11));
    eventually(() -> assertThat(broker.messageCount(dead)).isEqualTo(1));
    assertThat(broker.messageCount(next)).isEqualTo(11);
    assertThat(broker.messageCount(queue)).isZero();
    assertThat(broker.messageCount(name + ".neighbour")).isZero();
    assertThat(shared.wire().get("/v1/dead-letters/" + dead).json().at("/messages/0/failures"))
        .hasToString("3");

    shared.wire().pause(name);
    Answer replayed =
        shared.wire().call("POST", "/v1/dead-letters/" + dead + "/replay", "application/json", "");
    assertThat(replayed.json().path("replayed").asInt()).as(replayed.text()).isEqualTo(1);
    assertThat(broker.messageCount(queue)).isEqualTo(1);
  }

  @Test
  void aMulticastQueueIsATargetLikeAnyOther() throws Exception {
    String events = name + ".events";
    broker.createQueue(events, name + ".audit", RoutingType.MULTICAST);
    broker.createQueue(events, name + ".other", RoutingType.MULTICAST);

    assertThat(shared.wire().sendText(name + ".audit", "tea").status()).isEqualTo(201);

    assertThat(broker.messageCount(name + ".audit")).isEqualTo(1);
    assertThat(broker.messageCount(name + ".other")).isZero();
  }

  @Test
  void aTargetThatWouldLoseMessagesIsRefused() throws Exception {
    broker.setRules(name + ".fixed.#", "{\"autoCreateQueues\": false}");
    broker.setRules(name + ".drop.#", "{\"addressFullMessagePolicy\": \"DROP\"}");
    broker.createQueue(name + ".in", name + ".q", RoutingType.ANYCAST);
    broker.createQueue(name + ".events", name + ".audit", RoutingType.MULTICAST);
    shared.wire().begin(name, "PT1M");

    for (String queue :
        List.of(name + ".fixed.x", name + ".drop.x", name + ".in", name + ".events")) {
      for (Answer refused :
          List.of(
              shared.wire().sendText(queue, "tea"),
              shared.wire().sendInside(name, queue, "\"tea\""))) {
        assertThat(refused.problem()).as(refused.text()).isEqualTo("queue-refused");
        assertThat(refused.json().at("/violations/0/field").asText()).isEqualTo("queue");
        assertThat(refused.json().at("/violations/0/value").asText()).isEqualTo(queue);
      }
      Answer forwarding = shared.wire().putDelivery(name, sink(name + ".s").forward(queue));
      assertThat(forwarding.problem()).isEqualTo("invalid-delivery");
      assertThat(forwarding.text()).contains("forward.queue", queue);
      Answer burying = shared.wire().putDelivery(name, sink(name + ".s").deadLetter(queue));
      assertThat(burying.text()).contains("deadLetter.queue", queue);
      Answer retrying = shared.wire().putDelivery(name, sink(queue));
      assertThat(retrying.text()).contains("source.queue", queue);
    }
    assertThat(shared.wire().commit(name).status()).as("nothing was sent").isEqualTo(200);
  }

  @Test
  void aQueueThatDropsMessagesWithoutAnErrorIsRefused() throws Exception {
    broker.createQueue(queue("purged").setPurgeOnNoConsumers(true));
    broker.createQueue(queue("disabled").setEnabled(false));
    broker.createQueue(queue("ring").setRingSize(0L));
    broker.createQueue(queue("wild").setAddress(name + ".wild.#"));
    broker.createQueue(queue("kept").setNonDestructive(true));
    broker.createQueue(queue("filtered").setFilterString("color = 'red'"));

    for (String queue : List.of("purged", "disabled", "ring", "wild", "filtered")) {
      Answer sent = shared.wire().sendText(name + "." + queue, "tea");
      assertThat(sent.problem()).as(queue + sent.text()).isEqualTo("queue-refused");
      DeliverySpec forwarding = sink(name + ".s").forward(name + "." + queue);
      assertThat(shared.wire().putDelivery(name, forwarding).text()).contains("forward.queue");
      DeliverySpec burying = sink(name + ".s").deadLetter(name + "." + queue);
      assertThat(shared.wire().putDelivery(name, burying).text()).contains("deadLetter.queue");
    }
    for (String queue : List.of("purged", "disabled", "ring", "wild", "kept")) {
      Answer put = shared.wire().putDelivery(name, sink(name + "." + queue));
      assertThat(put.problem()).as(queue + put.text()).isEqualTo("invalid-delivery");
      assertThat(put.text()).contains("source.queue");
    }
  }

  @Test
  void aCopyThatTheFilterOfItsQueueDoesNotTakeIsADeadLetter() throws Exception {
    broker.createQueue(queue("new").setFilterString("handfast_failures IS NULL"));
    put(sink(name + ".new").retry(3, "PT0.1S").deadLetter(name + ".dead"));

    broker.send(name + ".new", List.of("{\"id\": 1, \"v\": \"100%\"}", line(2)));

    eventually(() -> assertThat(rows()).isEqualTo(1));
    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    assertThat(shared.wire().get("/v1/dead-letters/" + name + ".dead").text())
        .contains("invalid input syntax", "the filter of");
  }

  @Test
  void propertiesOfHandfastThatAClientSetsAreTheClients() throws Exception {
    put(sink(name).under("idempotency").retry(3, "PT0.1S"));

    for (int id = 1; id <= 3; id++) {
      String body = id == 3 ? "{\"id\": 3, \"v\": \"bad\"}" : line(id);
      new Senders(broker)
          .jms(
              name,
              session -> {
                Message message = session.createTextMessage(body);
                message.setStringProperty("handfast_id", "one\nfor all");
                message.setStringProperty("handfast_source", name);
                message.setObjectProperty("handfast_failures", Long.MAX_VALUE);
                message.setLongProperty("handfast_expiration", 1);
                return message;
              });
    }

    eventually(() -> assertThat(rows()).isEqualTo(2));
    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    assertThat(broker.take(name + ".dead").getIntProperty("handfast_failures")).isEqualTo(3);
  }

  private QueueConfiguration queue(String queue) {
    String whole = name + "." + queue;
    return QueueConfiguration.of(whole).setAddress(whole).setRoutingType(RoutingType.ANYCAST);
  }

  @Test
  void rightsAreAskedForWhenADeliveryIsCreated() throws Exception {
    broker.setRights(name + ".uncreatable.#", true, false);
    broker.setRights(name + ".unsendable.#", false, true);

    for (String prefix : List.of(name + ".uncreatable.", name + ".unsendable.")) {
      Answer dead = shared.wire().putDelivery(name, sink(name).deadLetter(prefix + "dead"));
      assertThat(dead.problem()).as(dead.text()).isEqualTo("invalid-delivery");
      assertThat(dead.text()).contains("deadLetter.queue", "user");
      Answer forward = shared.wire().putDelivery(name, sink(name).forward(prefix + "next"));
      assertThat(forward.text()).contains("forward.queue", "user");
    }
    put(sink(name).deadLetter(name + ".dead"));
    assertThat(broker.messageCount(name + ".dead")).as("nothing is left of the asking").isZero();
    assertThat(broker.messageCount(name)).isZero();
  }

  @Test
  void aCallIsAcceptedThoughItsIdCannotBeClaimed() throws Exception {
    broker.setRights("handfast.ids", false, false);
    try {
      for (String duplicate : List.of("false", "true")) {
        Answer sent = shared.wire().sendLinesOnce(name, "{}\n{}", "unclaimed");
        assertThat(sent.status()).as(sent.text()).isEqualTo(201);
        assertThat(sent.json().path("duplicate").asText()).isEqualTo(duplicate);
      }
      assertThat(broker.messageCount(name)).isEqualTo(2);
      assertThat(shared.node().log().tail(50)).contains("ids not claimed address=handfast.ids");
    } finally {
      broker.setRights("handfast.ids", true, true);
    }
  }

  @Test
  void aDeadLetterStaysThoughItsMessageHadATimeToLive() throws Exception {
    send(DeliveryMode.PERSISTENT, 3_000, "{\"id\": 1, \"v\": \"bad\"}", null);
    put(sink(name).retry(2, "PT0.1S"));

    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    Message dead = broker.take(name + ".dead");
    assertThat(dead.getJMSExpiration()).isZero();
    assertThat(dead.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
  }

  @Test
  void whatWaitsHereStaysThoughTheBrokerGivesAnExpiry() throws Exception {
    broker.setRules(name + ".#", "{\"expiryDelay\": 5000}"); // for the message too: time for a try
    put(sink(name).retry(2, "PT6S"));
    shared.wire().sendJson(name, "{\"id\": 1, \"v\": \"bad\"}");

    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    assertThat(broker.take(name + ".dead").getJMSExpiration())
        .isGreaterThan(System.currentTimeMillis() + Duration.ofDays(1_000).toMillis());
  }

  @Test
  void whatExpiresBetweenItsAttemptsIsADeadLetter() throws Exception {
    put(sink(name).retry(5, "PT4S"));
    send(DeliveryMode.PERSISTENT, 3_000, "{\"id\": 1, \"v\": \"bad\"}", null);
    send(DeliveryMode.PERSISTENT, 3_000, "{\"id\": 2, \"v\": \"bad\"}", "group");

    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(2));
    assertThat(shared.wire().get("/v1/dead-letters/" + name + ".dead").text()).contains("expired");
    eventually(
        () ->
            assertThat(shared.wire().delivery(name).json().at("/counters/deadLettered").asInt())
                .isEqualTo(2));
    assertThat(broker.messageCount(name)).isZero();
  }

  @Test
  void aForwardedMessageIsNewToTheNextDelivery() throws Exception {
    for (String subscription : List.of("a", "b")) {
      DeliverySpec forward =
          DeliverySpec.fromTopic(name + ".events", name + subscription).forward(name + ".rows");
      assertThat(shared.wire().putDelivery(name + subscription, forward).status()).isEqualTo(201);
    }
    put(sink(name + ".rows").under("idempotency"));

    broker.publish(name + ".events", IntStream.range(0, 5).mapToObj(TargetsIT::line).toList());

    eventually(() -> assertThat(rows()).isEqualTo(10));
    assertThat(broker.messageCount(name + ".rows")).isZero();
  }

  @Test
  void messagesThatABrokerMayLoseAreSeenInTheChecks() throws Exception {
    assertThat(check("non-persistent-messages")).isEqualTo("passed");
    send(DeliveryMode.NON_PERSISTENT, 0, line(1), null);
    put(sink(name));

    eventually(() -> assertThat(check("non-persistent-messages")).isEqualTo("warning"));
    assertThat(shared.wire().get("/v1/checks").text()).contains("1 messages of delivery '" + name);
  }

  private String queueOnAnotherAddress(String queue) throws Exception {
    broker.createQueue(name + "." + queue + ".in", name + "." + queue, RoutingType.ANYCAST);
    return name + "." + queue;
  }

  private DeliverySpec sink(String queue) {
    return DeliverySpec.fromQueue(queue).statement("INSERT INTO " + name + " VALUES (:id, :v)");
  }

  private void put(DeliverySpec delivery) {
    Answer put = shared.wire().putDelivery(name, delivery);
    assertThat(put.status()).as(put.text()).isEqualTo(201);
  }

  private void send(int deliveryMode, long timeToLive, String body, String group) throws Exception {
    new Senders(broker)
        .jms(
            "",
            name,
            deliveryMode,
            timeToLive,
            session -> {
              Message message = session.createTextMessage(body);
              if (group != null) {
                message.setStringProperty("JMSXGroupID", group);
              }
              return message;
            });
  }

  private static String check(String check) {
    for (JsonNode result : shared.wire().get("/v1/checks").json()) {
      if (result.path("name").asText().equals(check)) {
        return result.path("state").asText();
      }
    }
    return "missing";
  }

  private long rows() throws Exception {
    return shared.database().number("SELECT count(*) FROM " + name);
  }

  private static String line(int id) {
    return "{\"id\": %d, \"v\": 1}".formatted(id);
  }

  private static String lines(int count) {
    return String.join("\n", IntStream.rangeClosed(1, count).mapToObj(TargetsIT::line).toList());
  }
}

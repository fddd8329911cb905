package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.Senders;
import io.handfast.it.harness.SharedNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages that Handfast's own clients would never send: none is changed, and none blocks. */
class ForeignMessagesIT {

  private static final byte[] BINARY = {(byte) 0xff, 0, 'x', (byte) 0xfe};
  private static final String GOOD = "{\"id\": 1, \"v\": 1}";
  private static final String BAD = "{\"id\": 2, \"v\": \"bad\"}";

  @RegisterExtension static final SharedNode shared = new SharedNode();

  private final HandlerServer handler = new HandlerServer();
  private String name;
  private Broker broker;
  private Senders senders;

  @BeforeEach
  void createTable() throws Exception {
    name = shared.unique();
    broker = shared.artemis().address();
    senders = new Senders(broker);
    shared.database().execute("CREATE TABLE " + name + "(id bigint, v int)");
  }

  @AfterEach
  void close() {
    handler.close();
  }

  @Test
  void namesThatJmsDoesNotAllowAreCopied() throws Exception {
    put(sink(DeliverySpec.fromQueue(name)).forward(name + ".next").retry(2, "PT0.1S"));

    senders.amqp(name, BAD, Map.of("x-tenant", "tea", "1st", true));
    senders.stomp(name, BAD, Map.of("x-tenant", "tea", "a b", "c"));
    senders.amqp(name, GOOD, Map.of("x-tenant", "tea", "1st", true));
    senders.stomp(name, GOOD, Map.of("x-tenant", "tea"));

    eventually(() -> assertThat(rows()).isEqualTo(2));
    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(2));
    for (String queue : List.of(name + ".dead", name + ".next")) {
      for (int i = 0; i < 2; i++) {
        assertThat(broker.take(queue).getStringProperty("x-tenant")).isEqualTo("tea");
      }
    }
  }

  @Test
  void anAtMostOnceDeliveryOfThemGoesOnAndCanBeDeleted() throws Exception {
    put(sink(DeliverySpec.fromQueue(name)).under("at-most-once").retry(2, "PT0.1S"));

    senders.amqp(name, BAD, Map.of("x-tenant", "tea", "1st", true));
    senders.amqp(name, BAD, Map.of("large", "x".repeat(150_000)));
    senders.amqp(name, GOOD, Map.of("x-tenant", "tea", "1st", true));

    eventually(() -> assertThat(rows()).isEqualTo(1));
    eventually(() -> assertThat(broker.messageCount(name)).isZero());
    assertThat(shared.wire().deleteDelivery(name).status()).isEqualTo(204);
    put(sink(DeliverySpec.fromQueue(name)).under("at-most-once"));
    assertThat(shared.wire().pause(name).status()).isEqualTo(200);
  }

  @Test
  void messagesOfMqttAreCopied() throws Exception {
    DeliverySpec delivery = sink(DeliverySpec.fromTopic(name + ".events", name));
    put(delivery.forward(name + ".next").retry(2, "PT0.1S").deadLetter(name + ".dead"));

    senders.mqtt(name + "/events", BAD.getBytes(StandardCharsets.UTF_8), 1);
    senders.mqtt(name + "/events", GOOD.getBytes(StandardCharsets.UTF_8), 1);

    eventually(() -> assertThat(rows()).isEqualTo(1));
    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    assertThat(broker.messageCount(name + ".next")).isEqualTo(1);
  }

  @Test
  void whatAClientRefusesIsCopiedThoughItsNamesAreNotJms() throws Exception {
    put(DeliverySpec.fromQueue(name).pull().retry(1, "PT0.1S"));
    senders.amqp(name, BAD, Map.of("x-tenant", "tea"));

    JsonNode pulled = receive();
    String transaction = pulled.path("transaction").asText();
    shared.wire().refuse(transaction, pulled.at("/messages/0/id").asText(), "bad");

    assertThat(shared.wire().commit(transaction).status()).isEqualTo(200);
    assertThat(broker.take(name + ".dead").getStringProperty("x-tenant")).isEqualTo("tea");
  }

  @Test
  void aMessageThatTheBrokerCannotConvertHoldsNothingUp() throws Exception {
    put(sink(DeliverySpec.fromQueue(name)));
    shared.wire().pause(name);
    shared.wire().sendJson(name, GOOD);
    senders.amqp(name, GOOD, Map.of("when", new Date()));
    shared.wire().sendJson(name, GOOD);
    shared.wire().sendJson(name, BAD);
    shared.wire().resume(name);

    eventually(() -> assertThat(rows()).isEqualTo(2));
    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(2));
    JsonNode dead = shared.wire().get("/v1/dead-letters/" + name + ".dead").json();
    assertThat(dead.path("total").asInt()).isEqualTo(2);
    assertThat(dead.at("/messages/0/body").asText()).isEqualTo(BAD);
    assertThat(shared.node().log().tail(200))
        .contains("message moved by the broker delivery=" + name);
  }

  @Test
  void aMessageThatTheBrokerCannotConvertIsNotAcknowledgedWithThoseAroundIt() throws Exception {
    put(sink(DeliverySpec.fromQueue(name)).consumers(1));
    shared.wire().pause(name);
    broker.send(name, Collections.nCopies(5, GOOD));
    senders.amqp(name, GOOD, Map.of("when", new Date()));
    senders.amqp(name, GOOD, Map.of("when", new Date()));
    broker.send(name, Collections.nCopies(400, GOOD));
    shared.wire().resume(name);

    within(Duration.ofSeconds(60), () -> assertThat(rows()).isEqualTo(405));
    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(2));
    assertThat(broker.messageCount(name)).isZero();
  }

  @Test
  void anIdThatFitsNoKeyAndNoHeaderHoldsNothingUp() throws Exception {
    put(sink(DeliverySpec.fromQueue(name)).under("idempotency").handler(handler.url(), "PT10S"));
    List<Object> ids = List.of("zero \0", "l".repeat(5_000), "line\nbreak", new byte[] {1, 2});

    for (Object id : ids) {
      senders.jms(
          name,
          session -> {
            Message message = session.createTextMessage(GOOD);
            message.setObjectProperty("_AMQ_DUPL_ID", id);
            message.setStringProperty("handfast_source", name);
            message.setStringProperty("handfast_id", "id " + id);
            return message;
          });
    }

    eventually(() -> assertThat(rows()).isEqualTo(ids.size()));
    assertThat(broker.messageCount(name + ".dead")).isZero();
  }

  @Test
  void anAmqpMessageIsTheSameAtEachOfItsDeliveries() throws Exception {
    put(sink(DeliverySpec.fromQueue(name)).retry(3, "PT0.1S").forward(name + ".next"));

    senders.amqp(name, BAD, message -> message.messageId("ID:tea:1").groupId("g"));
    senders.amqp(name, GOOD, message -> message.messageId("ID:tea:2").groupId("g"));

    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    eventually(() -> assertThat(rows()).isEqualTo(1));
    JsonNode dead = shared.wire().get("/v1/dead-letters/" + name + ".dead").json();
    assertThat(dead.at("/messages/0/failures").asInt()).isEqualTo(3);
  }

  @Test
  void anAmqpValueThatIsNoTextIsADeadLetterAndNotItsEncoding() throws Exception {
    put(DeliverySpec.fromQueue(name).handler(handler.url(), "PT10S"));

    senders.amqp(name, 5, Map.of());
    senders.amqp(name, GOOD, Map.of());

    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    eventually(() -> assertThat(handler.bodies()).containsExactly(GOOD));
    assertThat(handler.binaries()).hasSizeLessThanOrEqualTo(1);
    assertThat(shared.wire().get("/v1/dead-letters/" + name + ".dead").text())
        .contains("AMQP value");
  }

  @Test
  void aBodyThatCannotBeReadHidesNoOtherDeadLetter() throws Exception {
    put(sink(DeliverySpec.fromQueue(name)).retry(1, "PT0.1S"));

    senders.amqp(name, GOOD, Map.of("_AMQ_LARGE_COMPRESSED", true, "_AMQ_LARGE_SIZE", 5L));
    senders.amqp(name, BAD, Map.of());

    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(2));
    JsonNode dead = shared.wire().get("/v1/dead-letters/" + name + ".dead").json();
    assertThat(dead.path("total").asInt()).isEqualTo(2);
    assertThat(dead.path("messages")).hasSize(2);
    assertThat(dead.path("messages").findValuesAsText("body")).containsExactly(BAD);
  }

  @Test
  void propertiesThatAreTooLargeToCopyHoldNothingUp() throws Exception {
    put(sink(DeliverySpec.fromQueue(name)).retry(2, "PT0.1S"));

    senders.amqp(name, BAD, Map.of("large", "x".repeat(150_000)));
    shared.wire().sendJson(name, GOOD);

    eventually(() -> assertThat(rows()).isEqualTo(1));
    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    assertThat(broker.take(name + ".dead").getStringProperty("large")).hasSize(150_000);
  }

  @Test
  void aPullPassesOverAMessageThatTheBrokerCannotConvert() throws Exception {
    put(DeliverySpec.fromQueue(name).pull());
    senders.amqp(name, BAD, Map.of("when", new Date()));
    shared.wire().sendJson(name, GOOD);

    eventually(
        () -> {
          JsonNode pulled = receive();
          assertThat(pulled.at("/messages/0/body").asText()).isEqualTo(GOOD);
          String transaction = pulled.path("transaction").asText();
          assertThat(shared.wire().commit(transaction).status()).isEqualTo(200);
        });
    eventually( // a client is told late that its consumer was closed, if after its commit
        () -> {
          assertThat(shared.wire().receive(name, "max=1&wait=PT0S").status()).isEqualTo(204);
          assertThat(broker.messageCount(name + ".dead")).isEqualTo(1);
        });
    assertThat(broker.messageCount(name)).isZero();
  }

  @Test
  void aCompressedLargeMessageIsCopiedAsItIs() throws Exception {
    byte[] large = new byte[300_000];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i % 251);
    }
    put(DeliverySpec.fromQueue(name).forward(name + ".next"));

    senders.jms(
        "?compressLargeMessage=true",
        name,
        DeliveryMode.PERSISTENT,
        0,
        session -> {
          BytesMessage message = session.createBytesMessage();
          message.writeBytes(large);
          return message;
        });

    byte[] forwarded = broker.take(name + ".next", message -> message.getBody(byte[].class));
    assertThat(forwarded).isEqualTo(large);
  }

  @Test
  void aRetryCopyOfACompressedMessageIsReadAgain() throws Exception {
    put(sink(DeliverySpec.fromQueue(name)).retry(2, "PT0.1S"));
    String large = "{\"id\": 2, \"v\": \"%s\"}".formatted("bad".repeat(100_000));

    senders.jms(
        "?compressLargeMessage=true",
        name,
        DeliveryMode.PERSISTENT,
        0,
        session -> session.createTextMessage(large));
    shared.wire().sendJson(name, GOOD);

    eventually(() -> assertThat(rows()).isEqualTo(1));
    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    assertThat(broker.take(name + ".dead").getBody(String.class)).isEqualTo(large);
  }

  @Test
  void aMapIsAJsonObject() throws Exception {
    put(sink(DeliverySpec.fromQueue(name).handler(handler.url(), "PT10S")).forward(name + ".next"));

    senders.jms(name, ForeignMessagesIT::map);

    eventually(() -> assertThat(rows()).isEqualTo(1));
    assertThat(handler.bodies())
        .containsExactly("{\"blob\":\"/wB4/g==\",\"flag\":true,\"id\":7,\"text\":\"tea\",\"v\":8}");
    MapMessage forwarded = (MapMessage) broker.take(name + ".next");
    assertThat(forwarded.getBytes("blob")).isEqualTo(BINARY);
  }

  private static Message map(jakarta.jms.Session session) throws jakarta.jms.JMSException {
    MapMessage message = session.createMapMessage();
    message.setLong("id", 7);
    message.setInt("v", 8);
    message.setString("text", "tea");
    message.setBoolean("flag", true);
    message.setBytes("blob", BINARY);
    return message;
  }

  @Test
  void aBodyThatCannotBeReadIsADeadLetterAndNotEmpty() throws Exception {
    List<DeliverySpec> deliveries =
        List.of(
            DeliverySpec.fromQueue(name + ".0").handler(handler.url(), "PT10S"),
            sink(DeliverySpec.fromQueue(name + ".1")),
            DeliverySpec.fromQueue(name + ".2").forward(name + ".next").consumers(1),
            DeliverySpec.fromQueue(name + ".3").pull(),
            DeliverySpec.fromQueue(name + ".4").pull().under("at-most-once"));
    for (int i = 0; i < deliveries.size(); i++) {
      String queue = name + "." + i;
      Answer put = shared.wire().putDelivery(queue, deliveries.get(i));
      assertThat(put.status()).as(put.text()).isEqualTo(201);
      senders.jms(queue, session -> session.createObjectMessage("tea"));
      senders.jms(queue, ForeignMessagesIT::stream);
      if (i >= 3) {
        assertThat(shared.wire().receive(queue, "max=10&wait=PT1S").status()).isEqualTo(204);
        continue; // a pull that shows nothing has settled nothing, but for good
      }
      eventually(() -> assertThat(broker.messageCount(queue + ".dead")).isEqualTo(2));
      assertThat(shared.wire().get("/v1/dead-letters/" + queue + ".dead").text())
          .contains("ObjectMessage", "StreamMessage");
    }
    assertThat(handler.bodies()).isEmpty();
    assertThat(broker.messageCount(name + ".4.dead")).isEqualTo(2);
    assertThat(broker.messageCount(name + ".3.dead")).isEqualTo(2);
    assertThat(broker.take(name + ".2.dead").isBodyAssignableTo(Object.class)).isTrue();
  }

  private static Message stream(jakarta.jms.Session session) throws jakarta.jms.JMSException {
    StreamMessage message = session.createStreamMessage();
    message.writeString("tea");
    return message;
  }

  @Test
  void bytesThatAreNoTextReachHandlersAndClientsUnharmed() throws Exception {
    Answer put =
        shared
            .wire()
            .putDelivery(
                name + ".h", DeliverySpec.fromQueue(name + ".h").handler(handler.url(), "PT10S"));
    assertThat(put.status()).as(put.text()).isEqualTo(201);
    put(DeliverySpec.fromQueue(name).pull());
    for (String queue : List.of(name + ".h", name)) {
      senders.jms(queue, ForeignMessagesIT::bytes);
    }

    JsonNode pulled = receive();
    JsonNode message = pulled.at("/messages/0");
    assertThat(message.path("body").asText()).isEqualTo(Base64.getEncoder().encodeToString(BINARY));
    assertThat(message.path("encoding").asText()).isEqualTo("base64");
    assertThat(message.path("contentType").asText()).isEqualTo("application/octet-stream");
    eventually(() -> assertThat(handler.binaries()).containsExactly(BINARY));
    assertThat(handler.contentTypes()).containsExactly("application/octet-stream");
    assertThat(shared.wire().commit(pulled.path("transaction").asText()).status()).isEqualTo(200);
  }

  @Test
  void bytesThatAreNoTextAreNotCommittedAsText() throws Exception {
    shared.database().execute("CREATE TABLE " + name + "_t(body text)");
    String statement = "INSERT INTO " + name + "_t VALUES (:message.body)";
    put(DeliverySpec.fromQueue(name).statement(statement));

    senders.jms(name, ForeignMessagesIT::bytes);

    eventually(() -> assertThat(broker.messageCount(name + ".dead")).isEqualTo(1));
    assertThat(shared.database().number("SELECT count(*) FROM " + name + "_t")).isZero();
    JsonNode dead = shared.wire().get("/v1/dead-letters/" + name + ".dead").json();
    assertThat(dead.at("/messages/0/cause").asText()).contains("not UTF-8");
    assertThat(dead.at("/messages/0/encoding").asText()).isEqualTo("base64");
  }

  private static Message bytes(jakarta.jms.Session session) throws jakarta.jms.JMSException {
    BytesMessage message = session.createBytesMessage();
    message.writeBytes(BINARY);
    return message;
  }

  private JsonNode receive() {
    Answer pulled = shared.wire().receive(name, "max=1&wait=PT10S");
    assertThat(pulled.status()).as(pulled.text()).isEqualTo(200);
    return pulled.json();
  }

  private DeliverySpec sink(DeliverySpec delivery) {
    return delivery.statement("INSERT INTO " + name + " VALUES (:id, :v)");
  }

  private void put(DeliverySpec delivery) {
    Answer put = shared.wire().putDelivery(name, delivery);
    assertThat(put.status()).as(put.text()).isEqualTo(201);
  }

  private long rows() throws Exception {
    return shared.database().number("SELECT count(*) FROM " + name);
  }
}

package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.database.MemorySession;
import io.handfast.input.Violation;
import io.handfast.message.InMemoryKafka;
import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A record without a value says that what its key stands for is gone. */
class TombstonesTest {

  private static final String DELIVERY =
      "{'source': {'kafka': {'topic': 'orders'}}, 'sink': {'statements': ['UPDATE t SET id = :id, k = :key'], 'onNull': ['DELETE FROM t WHERE k = :key']}}";

  private final MemoryServer server = new MemoryServer();
  private final InMemoryKafka kafka = new InMemoryKafka().create("orders", 1);

  private List<Message> messages() {
    put("a", MessageBody.ofText("{\"id\": 1}"));
    put("b", MessageBody.ofText("{\"id\": 2}"));
    put("a", MessageBody.NONE);
    put("b", MessageBody.NONE);
    put("a", MessageBody.ofText("{\"id\": 3}"));
    return List.copyOf(kafka.messagesIn("orders"));
  }

  private void put(String key, MessageBody body) {
    kafka.put("orders", 0, MessageBody.ofText(key), body, Map.of());
  }

  private List<String> applied(DeliverySpecification specification) throws Exception {
    MemoryDatabase database = new MemoryDatabase("database", server, MemorySeam.NONE);
    try (MemorySession session = database.openLocal()) {
      DeliverySpecification.Sink sink = specification.sink();
      new StatementApplication(sink, session, new SuspectMessages(sink.statements()))
          .apply(messages());
      session.commit();
    }
    return server.rows().stream()
        .map(row -> row.sql().substring(0, 6) + " " + row.values())
        .toList();
  }

  @Test
  void haveStatementsOfTheirOwnInTheOrderOfTheRecords() throws Exception {
    assertThat(applied(SpecificationTexts.read(DELIVERY)))
        .containsExactly(
            "UPDATE [1, a]", "UPDATE [2, b]", "DELETE [a]", "DELETE [b]", "UPDATE [3, a]");
  }

  @Test
  void haveNoFieldsWhereTheyHaveNoStatements() throws Exception {
    String same = DELIVERY.replaceAll(", 'onNull': \\[[^]]*]", "");

    assertThat(applied(SpecificationTexts.read(same)))
        .containsExactly(
            "UPDATE [1, a]",
            "UPDATE [2, b]",
            "UPDATE [null, a]",
            "UPDATE [null, b]",
            "UPDATE [3, a]");
  }

  @Test
  void areWrittenAsTheyAreReadAndOfATopicOnly() throws Exception {
    DeliverySpecification read = SpecificationTexts.read(DELIVERY);

    assertThat(
            SpecificationTexts.read(SpecificationWriter.write(read).toString().replace('"', '\'')))
        .isEqualTo(read);
    assertThat(
            SpecificationTexts.violations(
                DELIVERY.replace("'kafka': {'topic': 'orders'}", "'queue': 'q'")))
        .extracting(Violation::field)
        .containsExactly("sink.onNull");
  }
}

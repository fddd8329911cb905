package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.DatabaseSession;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.message.InMemoryKafka;
import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Records that are read as bytes: statements get key and body as they are. */
class BytesTest {

  private static final String DELIVERY =
      "{'source': {'kafka': {'topic': 'orders', 'format': 'bytes'}},"
          + " 'sink': {'statements': ['UPDATE t SET k = :key, b = :body, m = :message.body, o = :kafka.offset']}}";

  private static final byte[] ANY = {(byte) 0xff, 0};

  private final MemoryServer server = new MemoryServer();
  private final MemoryDatabase database = new MemoryDatabase("database", server, MemorySeam.NONE);

  @Test
  void keyAndBodyAreBytesAndATombstoneHasNone() throws Exception {
    InMemoryKafka kafka = new InMemoryKafka().create("orders", 1);
    kafka.put("orders", 0, MessageBody.ofText("k"), MessageBody.ofText("{\"key\": 1}"), Map.of());
    kafka.put("orders", 0, null, MessageBody.ofOctets(ANY), Map.of());
    kafka.put("orders", 0, MessageBody.ofOctets(ANY), MessageBody.NONE, Map.of());
    List<Message> messages = List.copyOf(kafka.messagesIn("orders"));
    DeliverySpecification.Sink sink = SpecificationTexts.read(DELIVERY).sink();

    try (DatabaseSession session = database.openLocal()) {
      new StatementApplication(sink, session, new SuspectMessages(sink.statements()))
          .apply(messages);
      session.commit();
    }

    byte[] body = "{\"key\": 1}".getBytes(StandardCharsets.UTF_8);
    assertThat(server.rows())
        .extracting(row -> row.values().toArray())
        .containsExactly(
            new Object[] {new byte[] {'k'}, body, body, 0L},
            new Object[] {null, ANY, ANY, 1L},
            new Object[] {ANY, null, null, 2L});
  }
}

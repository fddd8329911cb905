package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.DatabaseSession;
import io.handfast.database.DeadLetterTable.Failure;
import io.handfast.database.DeadLetterTable.Letter;
import io.handfast.database.DeadLetterTable.Origin;
import io.handfast.database.DeadLetterTable.Stored;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.MessageBody;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters in a table are applied again, each with its removal. */
class StoredDeadLettersTest {

  private boolean refuses;
  private final MemoryServer server = new MemoryServer();
  private final MemoryDatabase database =
      new MemoryDatabase(
          "database",
          server,
          new MemorySeam() {
            @Override
            public void runs(String sql, List<@Nullable Object> values) throws SQLException {
              if (refuses && values.contains(2L)) {
                throw MemoryServer.failure("refused", "23514");
              }
            }
          });
  private StoredDeadLetters letters;

  @BeforeEach
  void bury() throws Exception {
    letters =
        new StoredDeadLetters(
            "orders",
            SpecificationTexts.read(
                "{'source': {'kafka': {'topic': 'orders'}}, 'sink': {'statements': ['UPDATE t SET id = :id, k = :key, o = :kafka.offset']}}"),
            new Participants(new InMemoryBroker(), Map.of(NodeConfig.DEFAULT_DATABASE, database)));
    try (DatabaseSession session = database.openLocal()) {
      for (int i = 1; i <= 3; i++) {
        session
            .deadLetters()
            .add(
                new Letter(
                    "orders",
                    new Origin("kafka/c/t/0", i, "c/t/0/" + i),
                    MessageBody.ofText("k" + i),
                    MessageBody.ofText("{\"id\": " + i + "}"),
                    Map.of(),
                    new Failure(3, "refused", Instant.EPOCH.plusSeconds(i))));
      }
      session.commit();
    }
  }

  @Test
  void allAreAppliedWithWhatTheyWereAndAreGone() throws Exception {
    assertThat(letters.replay(List.of())).isEqualTo(3);

    assertThat(letters.count()).isZero();
    assertThat(server.rows())
        .extracting(MemoryServer.Row::values)
        .containsExactly(List.of(1L, "k1", 1L), List.of(2L, "k2", 2L), List.of(3L, "k3", 3L));
    assertThat(letters.replay(List.of())).isZero();
  }

  @Test
  void oneThatFailsAgainStays() throws Exception {
    refuses = true;

    assertThat(letters.replay(List.of())).isEqualTo(2);

    assertThat(letters.list(10))
        .extracting(stored -> stored.letter().origin().offset())
        .containsExactly(2L);
  }

  @Test
  void thoseThatHaveFailedBeforeATimeAreRemoved() throws Exception {
    letters.removeBefore(Instant.EPOCH.plusSeconds(3));

    assertThat(letters.list(10))
        .extracting(stored -> stored.letter().origin().offset())
        .containsExactly(3L);
  }

  @Test
  void thoseThatAreChosenAreApplied() throws Exception {
    Stored second = letters.list(10).get(1);

    assertThat(letters.replay(List.of(second.number(), "0000000000000000"))).isEqualTo(1);

    assertThat(server.rows()).hasSize(1);
    assertThat(letters.count()).isEqualTo(2);
  }
}

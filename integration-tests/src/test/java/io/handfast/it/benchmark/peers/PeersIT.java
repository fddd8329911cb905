package io.handfast.it.benchmark.peers;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.Scene;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Handfast is measured against does what it is measured for. Run it with {@code -Ppeers}. */
@EnabledIfSystemProperty(named = "peers.directory", matches = ".+")
class PeersIT {
  private static final int MESSAGES = 200;

  @RegisterExtension final Scene scene = new Scene();

  private Broker broker;
  private Database database;
  private Peer peer;

  @BeforeEach
  void createTable() throws SQLException {
    broker = scene.artemis().address();
    database = scene.database();
    database.execute("CREATE TABLE sink (id bigint NOT NULL, body text NOT NULL)");
  }

  @AfterEach
  void end() {
    peer.close();
  }

  static Stream<Peer> writersOfRows() {
    return Stream.of(
        Peer.quarkusNarayana(),
        Peer.quarkusNarayana().with("MODE", "pooled"),
        Peer.springBootAtomikos(),
        Peer.springBootAtomikos().with("MODE", "CACHE_NONE"),
        Peer.handWritten("at-least-once"),
        Peer.handWritten("deduplication-table"));
  }

  @ParameterizedTest
  @MethodSource("writersOfRows")
  void writesOneRowForEachMessage(Peer writer) throws Exception {
    start(writer);

    broker.send(scene.queue(), messages(1, MESSAGES));

    eventually(() -> assertThat(rows()).isGreaterThanOrEqualTo(MESSAGES));
    eventually(() -> assertThat(broker.messageCount(scene.queue())).isZero());
    peer.stop();
    assertThat(ids()).containsExactlyElementsOf(idsUpTo(MESSAGES));
    assertNothingIsPrepared();
  }

  @ParameterizedTest
  @MethodSource("writersOfRows")
  void aMessageThatFailsComesAgain(Peer writer) throws Exception {
    database.execute("ALTER TABLE sink ADD CONSTRAINT refusal CHECK (id <> 1)");
    start(writer);
    broker.send(scene.queue(), messages(1, 3));
    eventually(() -> assertThat(rows()).isEqualTo(2));

    database.execute("ALTER TABLE sink DROP CONSTRAINT refusal");

    eventually(() -> assertThat(broker.messageCount(scene.queue())).isZero());
    peer.stop();
    assertThat(ids()).containsExactlyElementsOf(idsUpTo(3));
    assertNothingIsPrepared();
  }

  @Test
  void drainTakesAllMessagesAndWritesNothing() throws Exception {
    start(Peer.handWritten("drain").with("BATCH", 50));

    broker.send(scene.queue(), messages(1, MESSAGES));

    eventually(() -> assertThat(broker.messageCount(scene.queue())).isZero());
    peer.stop();
    assertThat(rows()).isZero();
  }

  @Test
  void insertWritesSoManyRowsAndEnds() throws Exception {
    start(Peer.handWritten("insert").with("BATCH", 30).with("COUNT", MESSAGES));

    assertThat(peer.awaitExit(Duration.ofSeconds(30)).code()).isZero();

    assertThat(ids()).containsExactlyElementsOf(idsUpTo(MESSAGES));
  }

  private void start(Peer peer) {
    this.peer = peer;
    peer.from(broker, scene.queue()).into(database).with("CONSUMERS", 4).start();
  }

  private static List<String> messages(long first, long last) {
    String body = "x".repeat(230);
    return LongStream.rangeClosed(first, last)
        .mapToObj(id -> "{\"id\":%d,\"body\":\"%s\"}".formatted(id, body))
        .toList();
  }

  private static List<String> idsUpTo(long last) {
    return LongStream.rangeClosed(1, last).mapToObj(Long::toString).toList();
  }

  private long rows() throws SQLException {
    return database.number("SELECT count(*) FROM sink");
  }

  private List<String> ids() throws SQLException {
    return database.values("SELECT id FROM sink ORDER BY id");
  }

  private void assertNothingIsPrepared() throws Exception {
    assertThat(broker.preparedTransactions()).as("prepared at the broker").isEmpty();
    assertThat(database.preparedTransactions()).as("prepared in the database").isEmpty();
  }
}

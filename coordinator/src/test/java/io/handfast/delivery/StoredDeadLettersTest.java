package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.commit.LocalCommit;
import io.handfast.commit.Markers;
import io.handfast.commit.PositionCommit;
import io.handfast.commit.SequentialCommit;
import io.handfast.commit.SequentialCommit.Acknowledgement;
import io.handfast.commit.Sessions;
import io.handfast.commit.Units;
import io.handfast.database.DatabaseSession;
import io.handfast.database.DeadLetterTable.Failure;
import io.handfast.database.DeadLetterTable.Letter;
import io.handfast.database.DeadLetterTable.Origin;
import io.handfast.database.DeadLetterTable.Stored;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.event.Events;
import io.handfast.event.FakeDelivery;
import io.handfast.event.TraceContext;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import io.handfast.message.PositionedSession;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.SteppedClock;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters in a table are applied again, each with its removal. */
class StoredDeadLettersTest {

  private static final String ROWS =
      "{'source': {'kafka': {'topic': 'orders'}}, 'sink': {'statements': ['UPDATE t SET id = :id, k = :key, o = :kafka.offset']}}";

  private static final String FORWARDED =
      ROWS.substring(0, ROWS.length() - 1) + ", 'forward': {'queue': 'next'}}";

  private static final String LEASED =
      "{'source': {'sqs': {'queue': 'orders'}}, 'sink': {'statements': ['UPDATE t SET id = :id']}}";

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
  private final InMemoryBroker broker = new InMemoryBroker();
  private final Participants participants =
      new Participants(broker, Map.of(NodeConfig.DEFAULT_DATABASE, database));
  private final SteppedClock clock = new SteppedClock();
  private final Failures failures = new Failures(null);
  private StoredDeadLetters letters;

  /** Replays as the delivery of a specification. */
  private long replay(String specification, List<String> numbers) throws Exception {
    return replay(specification, numbers, null);
  }

  private long replay(String text, List<String> numbers, @Nullable Sink instead) throws Exception {
    DeliverySpecification specification = SpecificationTexts.read(text);
    DeferredMessages deferred = new DeferredMessages("orders", specification, failures, clock);
    Sink rows =
        (work, batch, messages) ->
            new StatementApplication(
                    specification.sink(),
                    work.database(NodeConfig.DEFAULT_DATABASE),
                    deferred.suspects())
                .apply(messages);
    DeliveryParts parts =
        new DeliveryParts(
            "orders",
            specification,
            null,
            () -> instead == null ? rows : instead,
            null,
            null,
            deferred,
            new UnitEvents(new FakeDelivery("orders"), Events.NONE, TraceContext.NONE),
            new Interruption("orders", "database/orders", clock),
            new Counters(),
            Admission.ALL);
    try (Sessions sessions = new Sessions(new Ways(specification.hasTarget()));
        Units units =
            specification.isLeased()
                ? leased(sessions, specification.preparesTarget())
                : positioned(sessions)) {
      return new StoredDeadLetters("orders", specification, participants)
          .replay(numbers, parts, units);
    }
  }

  private Units leased(Sessions sessions, boolean isPrepared) {
    return isPrepared
        ? localCommit()
            .ofLeases(sessions, NodeConfig.DEFAULT_DATABASE, "orders", Duration.ofMinutes(1), "sqs")
        : () -> new SequentialCommit(sessions, Acknowledgement.AFTER_ROWS, "sqs");
  }

  private Units positioned(Sessions sessions) {
    return new PositionCommit(localCommit())
        .on(
            sessions,
            NodeConfig.DEFAULT_DATABASE,
            new PositionCommit.Reader("orders", "orders", "g"),
            PositionCommit.Order.WITH_ROWS,
            Duration.ofMinutes(1));
  }

  private LocalCommit localCommit() {
    return new LocalCommit(
        NodeIdentity.first("n1"),
        new ActiveTransactions(),
        new Markers(participants),
        (branch, answer) -> {
          throw new AssertionError(answer);
        },
        Events.NONE);
  }

  private final class Ways implements Sessions.Opener {

    private final boolean hasTarget;

    Ways(boolean hasTarget) {
      this.hasTarget = hasTarget;
    }

    @Override
    public SourceSession messages() {
      throw new IllegalStateException("nothing is received");
    }

    @Override
    public PositionedSession positioned() {
      throw new IllegalStateException("nothing is received");
    }

    @Override
    public boolean hasTarget() {
      return hasTarget;
    }

    @Override
    public boolean preparesTarget() {
      return true;
    }

    @Override
    public SourceSession target() {
      return broker.openXa(Prefetch.ON_DEMAND);
    }

    @Override
    public DatabaseSession database(String name) throws SQLException {
      return database.openLocal();
    }
  }

  @BeforeEach
  void bury() throws Exception {
    letters = new StoredDeadLetters("orders", SpecificationTexts.read(ROWS), participants);
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
    assertThat(replay(ROWS, List.of())).isEqualTo(3);

    assertThat(letters.count()).isZero();
    assertThat(server.rows())
        .extracting(MemoryServer.Row::values)
        .containsExactly(List.of(1L, "k1", 1L), List.of(2L, "k2", 2L), List.of(3L, "k3", 3L));
    assertThat(replay(ROWS, List.of())).isZero();
  }

  @Test
  void oneThatFailsAgainStays() throws Exception {
    refuses = true;

    assertThat(replay(ROWS, List.of())).isEqualTo(2);

    assertThat(letters.list(10))
        .extracting(stored -> stored.letter().origin().offset())
        .containsExactly(2L);
  }

  /** Units of such a source undo nothing by themselves. */
  @Test
  void oneOfALeasedMessageThatFailsAgainStaysToo() throws Exception {
    refuses = true;
    letters = new StoredDeadLetters("orders", SpecificationTexts.read(LEASED), participants);

    assertThat(replay(LEASED, List.of())).isEqualTo(2);

    assertThat(letters.list(10))
        .extracting(stored -> stored.letter().origin().offset())
        .containsExactly(2L);
    assertThat(server.rows()).hasSize(2);
  }

  @Test
  void thoseThatHaveFailedBeforeATimeAreRemoved() throws Exception {
    letters.removeBefore(Instant.EPOCH.plusSeconds(3));

    assertThat(letters.list(10))
        .extracting(stored -> stored.letter().origin().offset())
        .containsExactly(3L);
  }

  @Test
  void thoseOfADeliveryThatSendsOnAreSentOnWithTheirRows() throws Exception {
    refuses = true;

    assertThat(replay(FORWARDED, List.of())).isEqualTo(2);

    assertThat(server.rows()).hasSize(2);
    assertThat(broker.messagesIn("next"))
        .extracting(Message::body)
        .containsExactly("{\"id\": 1}", "{\"id\": 3}");
    assertThat(letters.count()).isOne();
  }

  @Test
  void leasedOnesAreSentOnWithTheirRowsToo() throws Exception {
    refuses = true;
    String forwarded = LEASED.substring(0, LEASED.length() - 1) + ", 'forward': {'queue': 'next'}}";

    assertThat(replay(forwarded, List.of())).isEqualTo(2);

    assertThat(server.rows()).hasSize(2);
    assertThat(broker.messagesIn("next"))
        .extracting(Message::body)
        .containsExactly("{\"id\": 1}", "{\"id\": 3}");
    assertThat(broker.preparedBranches()).isZero();
    assertThat(letters.count()).isOne();
  }

  @Test
  void thoseOfBytesAreAppliedAsBytes() throws Exception {
    String bytes =
        "{'source': {'kafka': {'topic': 'orders', 'format': 'bytes'}}, 'sink': {'statements': ['UPDATE t SET k = :key, b = :body']}}";

    assertThat(replay(bytes, List.of(letters.list(1).get(0).number()))).isOne();

    assertThat(server.rows().get(0).values())
        .extracting(value -> new String((byte[]) value, StandardCharsets.UTF_8))
        .containsExactly("k1", "{\"id\": 1}");
  }

  @Test
  void whatAHandlerRefusesStaysWithAllItsAttempts() throws Exception {
    Sink refusing =
        (work, batch, messages) -> {
          failures.deadLetter("orders", messages.get(0).id(), "refused by the handler");
          throw new UnskippableMessageException(messages.get(0), "refused by the handler");
        };
    assertThat(replay(ROWS, List.of(), refusing)).isZero();
    assertThat(letters.count()).isEqualTo(3);
    for (Stored letter : letters.list(3)) {
      assertThat(failures.count("orders", letter.letter().origin().messageId())).isZero();
    }

    assertThat(replay(ROWS, List.of())).isEqualTo(3);
  }

  @Test
  void thoseThatAreChosenAreApplied() throws Exception {
    Stored second = letters.list(10).get(1);

    assertThat(replay(ROWS, List.of(second.number(), "0000000000000000"))).isEqualTo(1);

    assertThat(server.rows()).hasSize(1);
    assertThat(letters.count()).isEqualTo(2);
  }
}

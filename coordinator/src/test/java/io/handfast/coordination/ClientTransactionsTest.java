package io.handfast.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.commit.Markers;
import io.handfast.commit.Protocols;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.event.Events;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.LogFixture;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Source;
import io.handfast.node.Participants;
import io.handfast.recovery.NodeFences;
import io.handfast.recovery.Recovery;
import io.handfast.recovery.ScanTimes;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.SteppedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients' transactions on a broker and a database in memory. */
class ClientTransactionsTest {

  private static final Duration LEASE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final SteppedClock clock = new SteppedClock();
  private final InMemoryBroker broker = new InMemoryBroker();
  private final Participants participants =
      new Participants(
          broker,
          Map.of("default", new MemoryDatabase("database", new MemoryServer(), MemorySeam.NONE)));
  private FileDecisionLog log;
  private Resolutions resolutions;
  private Recovery recovery;
  private ClientTransactions transactions;

  @BeforeEach
  void open() {
    log = LogFixture.openUnforced(directory.resolve("log"));
    resolutions = Resolutions.open(directory.resolve("resolutions.jsonl"));
    recovery =
        new Recovery(
            ScanTimes.NEVER,
            new NodeFences("n1", participants.all(), clock),
            new Recovery.Node(log.identity(), log, log, resolutions, new Markers(participants)),
            new ActiveTransactions(),
            Events.NONE,
            clock);
    transactions =
        new ClientTransactions(
            LimitsFixture.limits(2, LEASE),
            new Protocols(
                Optional.of(new TwoPhaseCommit(null, log, names -> {}, Events.NONE)), null, null),
            participants,
            recovery,
            clock);
  }

  @AfterEach
  void close() {
    transactions.close();
    recovery.stop();
    resolutions.close();
    log.close();
  }

  @Test
  void messagesOfALocalTransactionThatIsRolledBackComeAgain() throws Exception {
    broker.put("orders", "a", Map.of());
    ClientTransaction transaction = begin(Settlement.NONE);

    assertThat(transactions.receive(transaction, Source.ofQueue("orders"), 10, Duration.ZERO))
        .hasSize(1);
    assertThat(transaction.participants()).containsExactly("broker");
    transaction.rollback();

    assertThat(broker.left("orders")).containsExactly("a");
  }

  @Test
  void aLocalTransactionIsBoundToTheDatabaseThatItUsedFirst() throws Exception {
    ClientTransaction transaction = begin(Settlement.NONE);
    transaction.call(work -> work.database("default"));

    assertThatThrownBy(() -> transaction.call(work -> work.database("other")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("bound to database 'default'");
  }

  @Test
  void oneThatCannotBeEndedInOrderKeepsNoOtherFromBeingRolledBack() throws Exception {
    ClientTransaction one = begin(new Failing());
    ClientTransaction other = begin(new Failing());

    transactions.close();

    assertThat(List.of(one, other))
        .allSatisfy(
            ended -> assertThat(ended.outcome()).containsInstanceOf(Outcome.RolledBack.class));
  }

  /** Each waits for the other: what is ended one by one does not meet. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatDoesNotEndHoldsUpNoOther(boolean isStop) throws Exception {
    CountDownLatch met = new CountDownLatch(2);
    BlockingQueue<Boolean> hasMet = new LinkedBlockingQueue<>();
    Settlement meeting =
        new Settlement() {
          @Override
          public void ended(ClientTransaction transaction, Outcome outcome) {
            met.countDown();
            try {
              met.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            hasMet.add(met.getCount() == 0);
          }
        };
    begin(meeting);
    begin(meeting);

    if (isStop) {
      transactions.close();
    } else {
      clock.advance(LEASE.plusSeconds(1));
    }

    assertThat(List.of(next(hasMet), next(hasMet))).containsOnly(true);
  }

  private static Boolean next(BlockingQueue<Boolean> of) throws InterruptedException {
    return of.poll(20, TimeUnit.SECONDS);
  }

  @Test
  void noMoreBeginThanTheLimitAllows() throws Exception {
    begin(Settlement.NONE);
    ClientTransaction second = begin(Settlement.NONE);

    assertThatThrownBy(() -> begin(Settlement.NONE)).isInstanceOf(RefusedException.class);

    second.rollback();
    assertThat(begin(Settlement.NONE)).isNotNull();
  }

  private ClientTransaction begin(Settlement settlement) throws Exception {
    return transactions.beginLocal(null, null, LEASE, settlement);
  }

  private static final class Failing implements Settlement {

    @Override
    public void ended(ClientTransaction transaction, Outcome outcome) {
      throw new IllegalStateException("what it keeps its books in is closed");
    }
  }
}

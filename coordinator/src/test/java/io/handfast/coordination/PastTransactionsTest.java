package io.handfast.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.event.Events;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.RemoteBranch;
import io.handfast.log.Retention;
import io.handfast.recovery.Recovery;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client is told after a crash of the coordinator, over the real log. */
class PastTransactionsTest {

  private static final Retention RETENTION =
      new Retention(Duration.ofHours(1), Duration.ofHours(2), 100);

  @TempDir Path directory;

  private final SteppedClock clock = new SteppedClock();
  private FileDecisionLog log;
  private TransactionId pending;
  private TransactionId committed;
  private TransactionId undecided;
  private TransactionId ofDelivery;

  @BeforeEach
  void aCrash() throws Exception {
    log = FileDecisionLog.open(directory, "n1", RETENTION, clock, Events.NONE);
    undecided = log.identity().nextTransactionOfClient();
    ofDelivery = log.identity().nextTransaction();
    pending = decide();
    committed = decide();
    log.confirmed(committed);
    log.name("mine", committed);
    log.name("undecided", undecided);
    restart();
  }

  private TransactionId decide() throws Exception {
    TransactionId id = log.identity().nextTransactionOfClient();
    log.decide(id, Map.of("broker", "", "outcome", ""));
    return id;
  }

  private void restart() {
    log.close();
    log = FileDecisionLog.open(directory, "n1", RETENTION, clock, Events.NONE);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private Recovery.Node node() {
    return new Recovery.Node(log.identity(), log, log, null, null);
  }

  private Optional<TransactionStatus> statusOf(Object id) {
    return new PastTransactions(node(), null, clock)
        .find(id.toString())
        .map(ClientTransaction::status);
  }

  @Test
  void theAnswerIsWhatTheLogSays() {
    assertThat(statusOf(pending)).contains(TransactionStatus.COMMITTING);
    assertThat(statusOf(committed)).contains(TransactionStatus.COMMITTED);
    assertThat(statusOf("mine")).contains(TransactionStatus.COMMITTED);
    assertThat(statusOf(undecided)).contains(TransactionStatus.ROLLED_BACK);
    assertThat(statusOf("undecided")).contains(TransactionStatus.ROLLED_BACK);
  }

  @Test
  void whoHasNotConfirmedIsNamedAsTheTransactionHadIt() throws Exception {
    TransactionId id = log.identity().nextTransactionOfClient();
    URI url = URI.create("http://127.0.0.1:9/tx");
    log.join(new RemoteBranch(id, "remote:1", "shipper", url, "mine"));
    log.decide(id, Map.of("broker", "", "outcome", "", "remote:1", ""));
    restart();

    assertThat(new PastTransactions(node(), null, clock).find(id.toString()))
        .map(ClientTransaction::participants)
        .contains(List.of("broker", "remote:shipper"));
  }

  @Test
  void whatWasNeverBegunIsUnknown() {
    assertThat(statusOf("never")).isEmpty();
    assertThat(statusOf(new TransactionId("n1", "ffffffff", 1, 1))).isEmpty();
    assertThat(statusOf(log.identity().nextTransactionOfClient())).isEmpty();
  }

  @Test
  void ofADeliverysTransactionOnlyItsDecisionIsKnown() {
    assertThat(statusOf(ofDelivery)).isEmpty();
  }

  @Test
  void whatMayHaveBeenCommittedAndForgottenIsNeverSaidToBeRolledBack() {
    clock.advance(Duration.ofMinutes(61));
    restart();

    assertThat(statusOf(committed)).isEmpty();
    assertThat(statusOf(undecided)).isEmpty(); // numbered before one that was committed
    assertThat(statusOf(pending)).contains(TransactionStatus.COMMITTING);
  }

  @Test
  void anotherNodesTransactionNamesItsOwner() {
    assertThatThrownBy(() -> statusOf(new TransactionId("n10", log.identity().log(), 1, 1)))
        .isInstanceOfSatisfying(
            ClientTransactionException.class, e -> assertThat(e.owner()).isEqualTo("n10"));
  }
}

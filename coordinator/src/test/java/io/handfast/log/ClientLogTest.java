package io.handfast.log;

import static io.handfast.log.LogFixture.SMALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.event.Events;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.TransactionId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log keeps for clients, over restarts and for long enough. */
class ClientLogTest {

  private static final Retention RETENTION =
      new Retention(Duration.ofHours(1), Duration.ofHours(2), 3);
  private static final Map<String, String> CLIENTS = Map.of("broker", "", "outcome", "");

  @TempDir Path directory;

  private final SteppedClock clock = new SteppedClock();
  private final FaultyDisk disk = new FaultyDisk();

  private FileDecisionLog open() {
    return FileDecisionLog.open(
        directory, "n1", RETENTION, clock, new LogFiles(SMALL, disk, Events.NONE));
  }

  private static TransactionId commit(FileDecisionLog log) throws Exception {
    TransactionId id = log.identity().nextTransactionOfClient();
    log.decide(id, CLIENTS);
    log.confirmed(id);
    return id;
  }

  @Test
  void anOutcomeIsKnownAfterItWasConfirmedAndAfterRestarts() throws Exception {
    TransactionId committed;
    try (FileDecisionLog log = open()) {
      committed = commit(log);
      assertThat(log.unconfirmed()).isEmpty();
      assertThat(log.decisionOf(committed)).isEqualTo(Verdict.COMMIT);
    }
    open().close();
    try (FileDecisionLog log = open()) {
      assertThat(log.unconfirmed()).isEmpty();
      assertThat(log.decisionOf(committed)).isEqualTo(Verdict.COMMIT);
      assertThat(log.mayBeForgotten(committed)).isFalse();
    }
  }

  @Test
  void anOutcomeThatIsDroppedIsNeverTakenForARollback() throws Exception {
    TransactionId committed;
    TransactionId later;
    try (FileDecisionLog log = open()) {
      committed = commit(log);
      clock.advance(Duration.ofMinutes(61));
      later = log.identity().nextTransactionOfClient();
      log.expire();
      assertThat(log.decisionOf(committed)).isEqualTo(Verdict.NONE);
      assertThat(log.mayBeForgotten(committed)).isTrue();
    }
    open().close();
    try (FileDecisionLog log = open()) {
      assertThat(log.mayBeForgotten(committed)).isTrue();
      assertThat(log.mayBeForgotten(later)).isFalse();
    }
  }

  @Test
  void anOutcomeThatGrewTooOldWhileTheNodeWasDownIsDroppedWithTheSameCare() throws Exception {
    TransactionId committed;
    try (FileDecisionLog log = open()) {
      committed = commit(log);
    }
    clock.advance(Duration.ofHours(3));

    try (FileDecisionLog log = open()) {
      assertThat(log.decisionOf(committed)).isEqualTo(Verdict.NONE);
      assertThat(log.mayBeForgotten(committed)).isTrue();
    }
  }

  @Test
  void onlySoManyOutcomesAreKeptTheOldestGoFirst() throws Exception {
    try (FileDecisionLog log = open()) {
      TransactionId first = commit(log);
      clock.advance(Duration.ofSeconds(1));
      TransactionId second = commit(log);
      clock.advance(Duration.ofSeconds(1));
      commit(log);
      commit(log);

      log.expire();

      assertThat(log.decisionOf(first)).isEqualTo(Verdict.NONE);
      assertThat(log.decisionOf(second)).isEqualTo(Verdict.COMMIT);
    }
  }

  @Test
  void anUnconfirmedDecisionIsKeptHoweverOldItIs() throws Exception {
    try (FileDecisionLog log = open()) {
      TransactionId id = log.identity().nextTransactionOfClient();
      log.decide(id, CLIENTS);
      clock.advance(Duration.ofDays(30));

      log.expire();

      assertThat(log.decisionOf(id)).isEqualTo(Verdict.COMMIT);
      assertThat(log.unconfirmed()).containsKey(id);
    }
  }

  @Test
  void aNameIsKnownAfterACrash(@TempDir Path other) throws Exception {
    FileDecisionLog killed = open();
    TransactionId id = killed.identity().nextTransactionOfClient();
    killed.name("my-transfer", id);
    Path copy = LogFixture.copy(directory, other.resolve("log"));
    killed.close();

    try (FileDecisionLog log =
        FileDecisionLog.open(
            copy, "n1", RETENTION, clock, new LogFiles(SMALL, disk, Events.NONE))) {
      assertThat(log.named("my-transfer")).contains(id);
      assertThat(log.named("another")).isEmpty();
      clock.advance(Duration.ofMinutes(121));
      log.expire();
      assertThat(log.named("my-transfer")).isEmpty();
    }
  }

  @Test
  void aServiceIsRememberedWithItsLatestAddressUntilItKnowsTheOutcome() throws Exception {
    TransactionId id;
    try (FileDecisionLog log = open()) {
      id = log.identity().nextTransactionOfClient();
      log.join(new RemoteBranch(id, "remote:1", "stock", URI.create("http://a/1"), "mine"));
      log.join(new RemoteBranch(id, "remote:2", "bank", URI.create("http://b/1"), "mine"));
      log.join(new RemoteBranch(id, "remote:1", "stock", URI.create("http://c/1"), "mine"));
    }
    try (FileDecisionLog log = open()) {
      assertThat(log.joined(id))
          .extracting(RemoteBranch::name, branch -> branch.url().toString())
          .containsExactlyInAnyOrder(tuple("stock", "http://c/1"), tuple("bank", "http://b/1"));
      log.joined(id).forEach(log::left);
      assertThat(log.joined()).isEmpty();
    }
    try (FileDecisionLog log = open()) {
      assertThat(log.joined()).isEmpty();
    }
  }

  @Test
  void aNameThatWasNotWrittenIsNotGiven() {
    try (FileDecisionLog log = open()) {
      disk.breaks();
      TransactionId id = log.identity().nextTransactionOfClient();

      assertThatThrownBy(() -> log.name("my-transfer", id))
          .isInstanceOf(UnconfirmedWriteException.class);

      assertThat(log.named("my-transfer")).isEmpty();
      assertThat(log.isCertain()).isFalse();
      disk.recovers();
      assertThat(log.learnUnknown()).isTrue();
      assertThat(log.named("my-transfer")).isEmpty();
    }
  }
}

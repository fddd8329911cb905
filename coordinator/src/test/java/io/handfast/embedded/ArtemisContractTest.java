package io.handfast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.artemis.ArtemisBroker;
import io.handfast.message.BlockedSends;
import io.handfast.message.Broker;
import io.handfast.message.BrokerSettings;
import io.handfast.message.MessageLimits;
import io.handfast.message.SourceContract;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Artemis keeps the contract of sources. */
class ArtemisContractTest extends SourceContract {

  @TempDir static Path directory;

  private static InProcessBroker embedded;
  private static Broker broker;

  @BeforeAll
  static void start() {
    embedded = new InProcessBroker();
    broker =
        new ArtemisBroker(
            new BrokerSettings(embedded.start(directory, 0), null, null),
            MessageLimits.ofHeap(1L << 28),
            BlockedSends.NONE);
  }

  @AfterAll
  static void stop() {
    embedded.close();
  }

  /** A branch of the asking that a scan rolls back before it is written is never answered. */
  @Test
  void targetsAreJudgedWhileBranchesAreListed() throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    CompletableFuture<Integer> scans = CompletableFuture.supplyAsync(() -> scan(isOver));
    try {
      for (int i = 0; i < 50; i++) {
        assertThat(broker.targetProblem("target", false)).isNull();
      }
    } finally {
      isOver.set(true);
    }
    assertThat(scans.get(10, TimeUnit.SECONDS)).isPositive();
  }

  private static int scan(AtomicBoolean isOver) {
    int count = 0;
    try (RecoverySession session = broker.openForRecovery()) {
      for (; !isOver.get(); count++) {
        session.preparedBranches();
      }
    } catch (ParticipantUnavailableException | XAException e) {
      throw new IllegalStateException(e);
    }
    return count;
  }

  @Override
  protected Broker broker() {
    return broker;
  }

  @Override
  protected void restart() {
    stop();
    start();
  }
}

package io.handfast.log;

import static io.handfast.log.LogFixture.BOTH;
import static io.handfast.log.LogFixture.CLOCK;
import static io.handfast.log.LogFixture.NOW;
import static io.handfast.log.LogFixture.bytes;
import static io.handfast.log.LogFixture.id;
import static io.handfast.log.LogFixture.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.event.Events;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.node.NodeIdentity;
import io.handfast.transaction.TransactionId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDecisionLogTest {

  @TempDir Path directory;

  @Test
  void aDecisionIsThereAfterAnotherStartWithItsParticipantsAndItsTime() throws Exception {
    try (FileDecisionLog log = open(directory)) {
      log.decide(id(1), BOTH);
      log.decide(id(2), Map.of("broker", "", "database:b", "", "outcome", ""));

      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.COMMIT);
    }

    try (FileDecisionLog log = open(directory)) {
      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.COMMIT);
      assertThat(log.decisionOf(id(3))).isEqualTo(Verdict.NONE);
      assertThat(log.unconfirmed())
          .containsEntry(id(1), Set.of("broker", "database"))
          .containsEntry(id(2), Set.of("broker", "database:b", "outcome"))
          .hasSize(2);
      assertThat(log.content()).extracting(LoggedDecision::decidedAt).containsOnly(NOW);
    }
  }

  @Test
  void aDecisionIsKeptThroughAnyNumberOfStartsUntilItIsConfirmed() throws Exception {
    try (FileDecisionLog log = open(directory)) {
      log.decide(id(1), BOTH);
      log.decide(id(2), BOTH);
      log.confirmed(id(2));
    }
    for (int start = 0; start < 5; start++) {
      try (FileDecisionLog log = open(directory)) {
        assertThat(log.unconfirmed()).containsOnlyKeys(id(1));
      }
    }
    try (FileDecisionLog log = open(directory)) {
      log.confirmed(id(1));
    }
    try (FileDecisionLog log = open(directory)) {
      assertThat(log.unconfirmed()).isEmpty();
      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.NONE);
    }
  }

  @Test
  void everyStartIsTheNextIncarnationOfTheSameLog() {
    NodeIdentity first;
    try (FileDecisionLog log = open(directory.resolve("not/there/yet"))) {
      first = log.identity();
    }
    try (FileDecisionLog log = open(directory.resolve("not/there/yet"))) {
      assertThat(log.identity().log()).isEqualTo(first.log()).matches("[0-9a-f]{8}");
      assertThat(log.identity().node()).isEqualTo("n1");
      assertThat(first.start()).isEqualTo(1);
      assertThat(log.identity().start()).isEqualTo(2);
    }
    try (FileDecisionLog log = open(directory.resolve("another"))) {
      assertThat(log.identity().log()).isNotEqualTo(first.log());
    }
  }

  @Test
  void manyThreadsShareAForceAndNoneWaitsForAnother() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    CountDownLatch slow = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(64);
    try (FileDecisionLog log = open(directory, disk)) {
      disk.waitsFor(slow);
      int before = disk.forces();
      List<Future<?>> deciding =
          LongStream.rangeClosed(1, 64)
              .<Future<?>>mapToObj(n -> threads.submit(() -> decide(log, id(n))))
              .toList();
      while (LongStream.rangeClosed(1, 64).anyMatch(n -> log.decisionOf(id(n)) == Verdict.NONE)) {
        Thread.onSpinWait();
      }
      slow.countDown();
      for (Future<?> decided : deciding) {
        decided.get();
      }

      assertThat(log.unconfirmed()).hasSize(64);
      assertThat(disk.forces() - before).isLessThan(16);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Void decide(FileDecisionLog log, TransactionId id) throws Exception {
    log.decide(id, BOTH);
    return null;
  }

  @Test
  void aDecisionIsUnknownWhileItIsBeingForcedAndTheLogIsCertain() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    CountDownLatch slow = new CountDownLatch(1);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (FileDecisionLog log = open(directory, disk)) {
      disk.waitsFor(slow);
      Future<?> deciding = thread.submit(() -> decide(log, id(1)));
      while (log.decisionOf(id(1)) == Verdict.NONE) {
        Thread.onSpinWait();
      }

      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.UNKNOWN);
      assertThat(log.isCertain()).isTrue();
      assertThat(log.unconfirmed()).isEmpty();

      slow.countDown();
      deciding.get();
      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.COMMIT);
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void anInterruptedThreadStillLearnsThatItsDecisionIsOnDisk() throws Exception {
    try (FileDecisionLog log = open(directory)) {
      Thread.currentThread().interrupt();

      log.decide(id(1), BOTH);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.COMMIT);
      assertThat(log.isCertain()).isTrue();
    }
  }

  @Test
  void aHundredThousandDecisionsLeaveABoundedDirectoryAndTheOldestThatIsUnconfirmed()
      throws Exception {
    int threads = 32;
    LogSizes sizes = new LogSizes(512 << 10, 2 << 20);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (FileDecisionLog log =
        FileDecisionLog.open(
            directory,
            "n1",
            Retention.NONE,
            CLOCK,
            new LogFiles(sizes, LogFiles.Opener.DEFAULT, Events.NONE))) {
      log.decide(id(1), BOTH);
      List<Future<?>> deciding =
          LongStream.range(0, threads)
              .<Future<?>>mapToObj(n -> pool.submit(() -> decideAndConfirm(log, n + 2, threads)))
              .toList();
      for (Future<?> decided : deciding) {
        decided.get();
      }

      assertThat(bytes(directory)).isLessThan(2 * sizes.generation());
    } finally {
      pool.shutdownNow();
    }
    try (FileDecisionLog log = open(directory)) {
      assertThat(log.unconfirmed()).containsOnlyKeys(id(1));
    }
  }

  private static Void decideAndConfirm(FileDecisionLog log, long first, int step) throws Exception {
    for (long number = first; number < 100_000; number += step) {
      log.decide(id(number), BOTH);
      log.confirmed(id(number));
    }
    return null;
  }

  @Test
  void moreUnconfirmedDecisionsThanAGenerationHoldsAreAllKept() throws Exception {
    try (FileDecisionLog log = open(directory)) {
      for (long number = 1; number <= 3_000; number++) {
        log.decide(id(number), BOTH);
      }
    }
    try (FileDecisionLog log = open(directory)) {
      assertThat(log.unconfirmed()).hasSize(3_000);
    }
  }

  @Test
  void aClosedLogRefusesDecisions() {
    FileDecisionLog log = open(directory);
    log.close();

    assertThatThrownBy(() -> log.decide(id(1), BOTH)).isInstanceOf(UnconfirmedWriteException.class);
    assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.NONE);
  }
}

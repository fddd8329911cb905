package io.handfast.log;

import static io.handfast.log.LogFixture.BOTH;
import static io.handfast.log.LogFixture.id;
import static io.handfast.log.LogFixture.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.log.DecisionLog.Verdict;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A decision that is not known to be on disk is unknown, never none. */
class FailingDiskTest {

  @TempDir Path directory;

  private final FaultyDisk disk = new FaultyDisk();

  @Test
  void aFailedForceMakesTheDecisionUnknownUntilANewGenerationProvesThatThereIsNone()
      throws Exception {
    try (FileDecisionLog log = open(directory, disk)) {
      log.decide(id(1), BOTH);
      disk.breaks();

      assertThatThrownBy(() -> log.decide(id(2), BOTH))
          .isInstanceOf(UnconfirmedWriteException.class)
          .hasMessageContaining("Input/output error");

      assertThat(log.decisionOf(id(2))).isEqualTo(Verdict.UNKNOWN);
      assertThat(log.isCertain()).isFalse();
      assertThat(log.learnUnknown()).isFalse();
      assertThat(log.decisionOf(id(2))).isEqualTo(Verdict.UNKNOWN);

      disk.recovers();
      assertThat(log.learnUnknown()).isTrue();

      assertThat(log.isCertain()).isTrue();
      assertThat(log.decisionOf(id(2))).isEqualTo(Verdict.NONE);
      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.COMMIT);
      log.decide(id(3), BOTH);
    }
    try (FileDecisionLog log = open(directory)) {
      assertThat(log.unconfirmed()).containsOnlyKeys(id(1), id(3));
    }
  }

  @Test
  void noDecisionIsAcceptedWhileAnEarlierOneIsUnknown() throws Exception {
    try (FileDecisionLog log = open(directory, disk)) {
      disk.breaks();
      assertThatThrownBy(() -> log.decide(id(1), BOTH)).isNotNull();
      disk.recovers(); // the disk's next success says nothing about what it lost

      assertThatThrownBy(() -> log.decide(id(2), BOTH))
          .isInstanceOf(UnconfirmedWriteException.class)
          .hasMessageContaining("an earlier decision was not confirmed");

      assertThat(log.decisionOf(id(2))).isEqualTo(Verdict.NONE);
      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.UNKNOWN);
    }
  }

  @Test
  void aChannelThatWasClosedUnderTheForceMakesTheDecisionUnknown() throws Exception {
    try (FileDecisionLog log = open(directory, disk)) {
      disk.closesChannels();

      assertThatThrownBy(() -> log.decide(id(1), BOTH))
          .isInstanceOf(UnconfirmedWriteException.class);

      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.UNKNOWN);
      assertThat(log.learnUnknown()).isTrue();
      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.NONE);
    }
  }

  @Test
  void aCrashBeforeAnUnknownDecisionIsSettledLeavesOneAnswerForGood() throws Exception {
    try (FileDecisionLog log = open(directory.resolve("log"), disk)) {
      log.decide(id(1), BOTH);
      disk.breaks();
      assertThatThrownBy(() -> log.decide(id(2), BOTH)).isNotNull();
      LogFixture.copy(directory.resolve("log"), directory.resolve("killed"));
    }
    Verdict found;
    try (FileDecisionLog log = open(directory.resolve("killed"))) {
      found = log.decisionOf(id(2));
      assertThat(found).isNotEqualTo(Verdict.UNKNOWN);
      assertThat(log.decisionOf(id(1))).isEqualTo(Verdict.COMMIT);
    }
    try (FileDecisionLog log = open(directory.resolve("killed"))) {
      assertThat(log.decisionOf(id(2))).isEqualTo(found);
    }
  }

  @Test
  void aDiskThatFillsUpStopsDecisionsAndLosesNone() throws Exception {
    long number = 0;
    try (FileDecisionLog log = open(directory, disk)) {
      disk.isFull();
      while (log.isCertain() && number < 10_000) {
        number++;
        try {
          log.decide(id(number), BOTH);
        } catch (UnconfirmedWriteException e) {
          assertThat(log.decisionOf(id(number))).isEqualTo(Verdict.UNKNOWN);
        }
      }
      assertThat(log.isCertain()).isFalse();
      assertThat(log.learnUnknown()).isFalse();

      disk.recovers();
      assertThat(log.learnUnknown()).isTrue();
      assertThat(log.unconfirmed()).hasSizeGreaterThanOrEqualTo((int) number - 1);
    }
  }

  @Test
  void aFullDiskAtStartIsSaidWithTheKeyAndLeavesNothingBehind() {
    disk.isFull();

    assertThatThrownBy(() -> open(directory, disk))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("No space left on device")
        .hasMessageContaining("handfast.data-directory");

    disk.recovers();
    try (FileDecisionLog log = open(directory, disk)) {
      assertThat(log.identity().start()).isEqualTo(1);
    }
  }

  @Test
  void aStartOnABrokenDiskLeavesTheGenerationBefore() throws Exception {
    try (FileDecisionLog log = open(directory, disk)) {
      log.decide(id(1), BOTH);
    }
    disk.breaks();
    assertThatThrownBy(() -> open(directory, disk)).isInstanceOf(UncheckedIOException.class);
    disk.recovers();

    try (FileDecisionLog log = open(directory, disk)) {
      assertThat(log.unconfirmed()).containsOnlyKeys(id(1));
    }
    assertThat(Files.exists(directory.resolve("current.properties"))).isTrue();
  }
}

package io.handfast.log;

import static io.handfast.log.LogFixture.open;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.transaction.TransactionId;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that the second format has left behind when it was killed at its third start. */
class FormatTwoTest {

  private static final String LOG = "00d7993b";

  private Path directory;

  @BeforeEach
  void copyOfTheOldLog(@TempDir Path empty) throws URISyntaxException {
    Path old = Path.of(FormatTwoTest.class.getResource("/log-format-2").toURI());
    directory = LogFixture.copy(old, empty.resolve("log"));
  }

  @Test
  void theNextStartGoesOnWithItsDecisions() {
    try (JournalDecisionLog log = open(directory)) {
      assertThat(log.unconfirmed())
          .containsOnlyKeys(id(1, 1), id(1, 3), id(2, 1), id(2, 3), id(3, 1), id(3, 3));
      assertThat(log.content()).extracting(LoggedDecision::decidedAt).containsOnly(LogFixture.NOW);
      assertThat(log.content())
          .as("no identities yet")
          .extracting(LoggedDecision::participants)
          .containsOnly(Map.of("broker", "", "database", ""));
    }
  }

  @Test
  void itsIncarnationsStayKnownAndNoOthersAre() {
    open(directory).close();

    try (JournalDecisionLog log = open(directory)) {
      assertThat(log.identity().log()).isEqualTo(LOG);
      assertThat(log.identity().isInThisLog(id(1, 99))).isTrue();
      assertThat(log.identity().isInThisLog(id(3, 99))).isTrue();
      assertThat(log.identity().isInThisLog(id(4, 1))).isFalse();
      assertThat(log.identity().earlier()).hasSize(4);
    }
  }

  private static TransactionId id(long incarnation, long number) {
    return new TransactionId("n1", LOG, incarnation, number);
  }
}

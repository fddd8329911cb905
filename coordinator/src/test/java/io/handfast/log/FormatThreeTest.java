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

/** A log that the third format has left behind when it was killed at its third start. */
class FormatThreeTest {

  private static final String LOG = "d2f68b15";
  private static final String FIRST = "1gzfp";
  private static final String SECOND = "2al3p";
  private static final String THIRD = "3fzkr";

  private Path directory;

  @BeforeEach
  void copyOfTheOldLog(@TempDir Path empty) throws URISyntaxException {
    Path old = Path.of(FormatThreeTest.class.getResource("/log-format-3").toURI());
    directory = LogFixture.copy(old, empty.resolve("log"));
  }

  @Test
  void theNextStartGoesOnWithItsDecisions() {
    try (FileDecisionLog log = open(directory)) {
      assertThat(log.unconfirmed())
          .containsOnlyKeys(
              id(FIRST, 2), id(FIRST, 6), id(SECOND, 2), id(SECOND, 6), id(THIRD, 2), id(THIRD, 6));
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

    try (FileDecisionLog log = open(directory)) {
      assertThat(log.identity().log()).isEqualTo(LOG);
      assertThat(log.identity().isInThisLog(id(FIRST, 99))).isTrue();
      assertThat(log.identity().isInThisLog(id(THIRD, 99))).isTrue();
      assertThat(log.identity().isInThisLog(id("4aaaa", 1))).isFalse();
      assertThat(log.identity().earlier()).hasSize(4);
    }
  }

  private static TransactionId id(String incarnation, long number) {
    return TransactionId.parse("n1.%s.%s.%d".formatted(LOG, incarnation, number)).orElseThrow();
  }
}

package io.handfast.log;

import static io.handfast.log.LogFixture.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log that the fourth format has left behind, in files of Artemis' journal, when it was killed at
 * its third start.
 */
class FormatFourTest {

  private static final List<String> STARTS = List.of("1us5o", "242iw", "3gnfg");

  private Path directory;

  @BeforeEach
  void copyOfTheOldLog(@TempDir Path empty) throws URISyntaxException {
    Path old = Path.of(FormatFourTest.class.getResource("/log-format-4").toURI());
    directory = LogFixture.copy(old, empty.resolve("log"));
  }

  @Test
  void theNextStartGoesOnWithItsDecisionsAndTheOneAfterToo() {
    for (int start = 0; start < 2; start++) {
      try (FileDecisionLog log = open(directory)) {
        assertThat(log.unconfirmed())
            .containsOnlyKeys(
                STARTS.stream()
                    .flatMap(s -> List.of(id(s, 2), id(s, 7)).stream())
                    .toArray(TransactionId[]::new));
        assertThat(log.content())
            .filteredOn(decision -> decision.id().number() == 2)
            .extracting(LoggedDecision::participants)
            .containsOnly(LogFixture.BOTH);
        assertThat(log.joined(id(STARTS.get(0), 7)))
            .extracting(RemoteBranch::name)
            .containsExactly("stock");
      }
    }
  }

  @Test
  void itsFilesGoWithTheGenerationThatTheyAreOf() {
    open(directory).close();

    assertThat(directory.resolve("generation-3")).doesNotExist();
    assertThat(LogFixture.file(directory)).exists();
  }

  @Test
  void aFlippedBitInOneOfItsDecisionsIsRefused() throws IOException {
    Path file = directory.resolve("generation-3/decisions-1.journal");
    byte[] bytes = Files.readAllBytes(file);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("a-node-id");
    bytes[at] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("decisions-1.journal does not match its checksum");
  }

  @Test
  void aFileUnderAnotherFilesNameIsRefused() throws IOException {
    Path generation = directory.resolve("generation-3");
    Files.copy(
        generation.resolve("decisions-1.journal"), generation.resolve("decisions-99.journal"));

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("decisions-99.journal does not begin as its name says");
  }

  private static TransactionId id(String incarnation, long number) {
    return TransactionId.parse("n1.6b0bf9b7.%s.%d".formatted(incarnation, number)).orElseThrow();
  }
}

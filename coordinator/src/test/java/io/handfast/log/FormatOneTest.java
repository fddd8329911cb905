package io.handfast.log;

import static io.handfast.log.LogFixture.NOW;
import static io.handfast.log.LogFixture.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files are what the version before wrote, byte for byte. */
class FormatOneTest {

  private static final TransactionId PENDING = new TransactionId("n1", "cafe1234", 41, 7);
  private static final TransactionId UNNAMED = new TransactionId("n1", "cafe1234", 41, 8);

  @TempDir Path directory;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(
        directory.resolve("identity.properties"),
        """
        #Handfast\\: do not edit. Branch ids carry these values.
        #Mon Nov 23 13:00:00 UTC 2026
        incarnation=41
        log=cafe1234
        node=n1
        """);
    Files.writeString(
        directory.resolve("decisions3.log"),
        """
        n1.cafe1234.15.7|COMMITTING|1795438800000|n1|broker,database:orders
        n1.cafe1234.15.8|COMMITTING|1795438800000|n1|
        n1.cafe1234.15.9|COMMITTING|1795438800000|n1|broker,database,database
        n1.cafe1234.15.9|TERMINATED|1795438800000|n1|
        n1.cafe1234.15.a|COMMITTING|17954388""");
    Files.createFile(directory.resolve("decisions.lck"));
  }

  @Test
  void theNextStartGoesOnWithItsIdentityAndItsDecisions() {
    try (JournalDecisionLog log = open(directory)) {
      assertThat(log.identity().log()).isEqualTo("cafe1234");
      assertThat(log.identity().start()).isEqualTo(1);
      assertThat(log.unconfirmed())
          .containsOnlyKeys(PENDING, UNNAMED)
          .containsEntry(PENDING, Set.of("broker", "database:orders"));
      assertThat(log.content()).extracting(LoggedDecision::decidedAt).containsOnly(NOW);
    }
    try (JournalDecisionLog log = open(directory)) {
      assertThat(log.identity().start()).isEqualTo(2);
      assertThat(log.unconfirmed()).containsOnlyKeys(PENDING, UNNAMED);
    }
  }

  @Test
  void nothingIsLeftOfIt() throws IOException {
    open(directory).close();

    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("lock", "current.properties", "generation-1");
    }
  }

  @Test
  void aCrashBeforeTheNewLogIsInForceLeavesItAsItWas() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    disk.breaks();
    assertThatThrownBy(() -> open(directory, disk)).isNotNull();
    Files.createDirectories(directory.resolve("generation-1"));
    Files.write(directory.resolve("generation-1/decisions-1.journal"), new byte[99]);

    try (JournalDecisionLog log = open(directory)) {
      assertThat(log.identity().start()).isEqualTo(1);
      assertThat(log.unconfirmed()).containsOnlyKeys(PENDING, UNNAMED);
    }
  }

  @Test
  void aCrashBeforeItsFilesWereDeletedDoesNotBringItBack() throws IOException {
    Path old = LogFixture.copy(directory, Files.createTempDirectory("old").resolve("log"));
    try (JournalDecisionLog log = open(directory)) {
      log.confirmed(PENDING);
    }
    for (String file : List.of("identity.properties", "decisions3.log")) {
      Files.copy(old.resolve(file), directory.resolve(file));
    }

    try (JournalDecisionLog log = open(directory)) {
      assertThat(log.identity().start()).isEqualTo(2);
      assertThat(log.unconfirmed()).containsOnlyKeys(UNNAMED);
    }
    assertThat(directory.resolve("identity.properties")).doesNotExist();
  }

  @Test
  void ofTwoFilesTheOlderCountsSinceTheNewerMayNotBeComplete() throws IOException {
    Files.writeString(directory.resolve("decisions4.log"), "");

    try (JournalDecisionLog log = open(directory)) {
      assertThat(log.unconfirmed()).containsOnlyKeys(PENDING, UNNAMED);
    }
  }

  @Test
  void aNodeOfTheVersionBeforeThatIsRunningIsNotDisturbed() throws IOException {
    try (FileChannel channel =
            FileChannel.open(directory.resolve("decisions.lck"), StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertThat(held.isValid()).isTrue();
      assertThatThrownBy(() -> open(directory)).hasMessageContaining("in use");
    }
    assertThat(directory.resolve("decisions3.log")).exists();
  }

  @Test
  void anotherNodesIsRefused() throws IOException {
    Path identity = directory.resolve("identity.properties");
    Files.writeString(identity, Files.readString(identity).replace("node=n1", "node=n10"));

    assertThatThrownBy(() -> open(directory))
        .hasMessageContaining("'n10'")
        .hasMessageContaining("handfast.node=n10");
    assertThat(identity).exists();
  }

  @Test
  void aDamagedIdentityIsRefusedWithItsFile() throws IOException {
    Path identity = directory.resolve("identity.properties");
    Files.writeString(identity, Files.readString(identity).replace("=41", "=4l"));

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("identity.properties")
        .hasMessageContaining("'4l'");
  }

  @Test
  void aDamagedLineIsRefusedWithItsFile() throws IOException {
    Path file = directory.resolve("decisions3.log");
    Files.writeString(file, "n1.cafe1234.15.7|COMM\n" + Files.readString(file));

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("decisions3.log");
  }
}

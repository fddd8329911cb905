package io.handfast.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.log.LogSizes;
import io.handfast.readiness.HomeChecks.FileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogDirectoryTest {

  private static final String KEY = "handfast.data-directory";
  private static final FileSystem ROOMY = new FileSystem("ext4", 1L << 40);

  @TempDir Path directory;

  @Test
  void aDirectoryThatIsStillToBeCreatedPasses() {
    Path data = directory.resolve("not/yet");

    assertThat(found(data, ROOMY)).isEmpty();
    assertThat(data).doesNotExist();
  }

  @Test
  void aFileWhereTheDirectoryShouldBeIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("data"));

    assertThat(found(file, ROOMY)).containsExactly("refuses " + KEY);
    assertThat(found(file.resolve("deeper"), ROOMY)).containsExactly("refuses " + KEY);
  }

  @Test
  void aDiskThatDoesNotAnswerIsRefused() {
    Check check =
        check(
            directory,
            path -> {
              throw new IOException("stale file handle");
            });

    assertThat(Found.by(check, CheckedState.NOTHING)).containsExactly("refuses " + KEY);
  }

  @ParameterizedTest
  @CsvSource({
    "ext4,        ",
    "xfs,         ",
    "overlay,     warns handfast.data-directory",
    "overlayfs,   warns handfast.data-directory",
    "tmpfs,       warns handfast.data-directory",
    "ramfs,       warns handfast.data-directory",
  })
  void theKindOfTheDisk(String type, String found) {
    assertThat(found(directory, new FileSystem(type, ROOMY.usable())))
        .isEqualTo(NodeChecksTest.listOf(found));
  }

  @ParameterizedTest
  @CsvSource({
    "two-phase-commit, two-phase-commit, warns handfast.data-directory",
    "local-commit,     two-phase-commit, warns handfast.data-directory",
    "two-phase-commit, local-commit,     warns handfast.data-directory",
    "local-commit,     local-commit,     ",
    "idempotency,      local-commit,     ",
    "at-least-once,    local-commit,     ",
  })
  void memoryWillDoWhereNoDecisionIsKept(String delivery, String clients, String found) {
    HomeChecks home =
        Configurations.home(
            "handfast.node=n1",
            "handfast.data-directory=" + directory,
            "handfast.transactions.protocol=" + clients);
    CheckedState known =
        new CheckedState(
            Map.of("orders", Worlds.delivery(delivery, 1, null)), Map.of(), null, null);
    FileSystem memory = new FileSystem("tmpfs", ROOMY.usable());
    Check check =
        Check.ofDeliveries(
                "log-directory",
                (state, findings) -> home.logDirectory(state, path -> memory, findings))
            .restingOn(home::logDirectoryRestsOn);

    assertThat(Found.by(check, known)).isEqualTo(NodeChecksTest.listOf(found));
    assertThat(check.basis(known))
        .contains(found == null ? "nothing here is needed" : "needed after a restart")
        .matches(
            basis -> basis.contains("delivery 'orders'") == delivery.equals("two-phase-commit"));
  }

  @Test
  void theSpaceThatTheLogNeeds() {
    long least = LogSizes.bytesToOpen();
    long most = LogSizes.bytesAtMost();

    assertThat(found(directory, new FileSystem("ext4", least - 1)))
        .containsExactly("refuses " + KEY);
    assertThat(found(directory, new FileSystem("ext4", least))).containsExactly("warns " + KEY);
    assertThat(found(directory, new FileSystem("ext4", most - 1))).containsExactly("warns " + KEY);
    assertThat(found(directory, new FileSystem("ext4", most))).isEmpty();
  }

  @Test
  void theProblemSaysHowMuchIsNeeded() {
    Check check = check(directory, path -> new FileSystem("ext4", 1 << 20));

    assertThat(check.findings(CheckedState.NOTHING))
        .singleElement()
        .asString()
        .contains("has 1 MiB free", "less than 2 MiB", "free at least 18 MiB");
  }

  @Test
  void theDiskOfADirectoryIsThatOfTheOperatingSystem() throws IOException {
    FileSystem disk = FileSystem.of(directory);

    assertThat(disk.type()).isNotEmpty();
    assertThat(disk.usable()).isPositive();
  }

  private static List<String> found(Path data, FileSystem disk) {
    return Found.by(check(data, path -> disk), CheckedState.NOTHING);
  }

  private static Check check(Path data, FileSystem.Finder disks) {
    HomeChecks home = Configurations.home("handfast.node=n1", "handfast.data-directory=" + data);
    return Check.ofDeliveries(
        "log-directory", (known, findings) -> home.logDirectory(known, disks, findings));
  }
}

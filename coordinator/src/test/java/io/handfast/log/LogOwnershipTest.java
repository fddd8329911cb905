package io.handfast.log;

import static io.handfast.log.LogFixture.CLOCK;
import static io.handfast.log.LogFixture.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.handfast.event.Events;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogOwnershipTest {

  @TempDir Path directory;

  @Test
  void aSecondOpenerInThisProcessIsRefusedWithTheKeyAndHarmsNothing() throws Exception {
    try (FileDecisionLog log = open(directory)) {
      assertThatThrownBy(() -> open(directory))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in use by another coordinator")
          .hasMessageContaining("handfast.data-directory");

      log.decide(LogFixture.id(1), LogFixture.BOTH);
    }
    try (FileDecisionLog log = open(directory)) {
      assertThat(log.unconfirmed()).hasSize(1);
    }
  }

  @Test
  void aSecondProcessIsRefused() throws Exception {
    try (ChildProcess child = ChildProcess.start(DecidingProcess.class, directory)) {
      child.readLine(); // it has decided something, so it has the log

      assertThatThrownBy(() -> open(directory))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in use by another coordinator");
    }
  }

  @Test
  void anotherNodesLogIsRefusedWithTheKeyToSet() {
    open(directory).close();

    assertThatThrownBy(
            () -> FileDecisionLog.open(directory, "n10", Retention.NONE, CLOCK, Events.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'n1'")
        .hasMessageContaining("'n10'")
        .hasMessageContaining("handfast.node=n1")
        .hasMessageContaining("handfast.data-directory");

    try (FileDecisionLog log = open(directory)) {
      assertThat(log.identity().start()).isEqualTo(2);
    }
  }

  @Test
  void aDirectoryThatCannotBeOneIsNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> open(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("handfast.data-directory");
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
    Path readOnly = Files.createDirectory(directory.resolve("read-only"));
    Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(readOnly), "this user may write everywhere");

    assertThatThrownBy(() -> open(readOnly))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(readOnly.toString())
        .hasMessageContaining("may write to");
  }
}

package io.handfast.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.log.DecisionLog.Verdict;
import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that decides is killed, again and again on the same log. */
class CrashTest {

  private static final int KILLS = 4;

  @TempDir Path directory;

  private final Set<TransactionId> printed = new HashSet<>();

  @Test
  void everyDecisionThatWasConfirmedIsThereAfterAKill() throws Exception {
    for (int kill = 1; kill <= KILLS; kill++) {
      try (ChildProcess child = ChildProcess.start(DecidingProcess.class, directory)) {
        for (int line = 0; line < kill * 100; line++) {
          note(child.readLine());
        }
        child.kill();
        noteTheRest(child);
      }
      assertThatAllAreDecided();
    }
  }

  @Test
  void everyDecisionThatWasConfirmedIsThereAfterAHalt() throws Exception {
    try (ChildProcess child = ChildProcess.start(DecidingProcess.class, directory, "5000")) {
      noteTheRest(child);
    }
    assertThatAllAreDecided();
  }

  private void note(String line) {
    TransactionId.parse(line).ifPresent(printed::add);
  }

  /** The last line may be cut off, and is then the id of another transaction, or of none. */
  private void noteTheRest(ChildProcess child) throws IOException {
    String before = child.readLine();
    for (String line = child.readLine(); line != null; line = child.readLine()) {
      note(before);
      before = line;
    }
  }

  private void assertThatAllAreDecided() {
    assertThat(printed).isNotEmpty();
    try (FileDecisionLog log = LogFixture.open(directory)) {
      assertThat(printed).allMatch(id -> log.decisionOf(id) == Verdict.COMMIT);
    }
  }
}

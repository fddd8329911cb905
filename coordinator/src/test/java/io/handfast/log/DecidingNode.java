package io.handfast.log;

import static io.handfast.log.LogFixture.BOTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.log.DecisionLog.Verdict;
import io.handfast.node.NodeIdentity;
import io.handfast.transaction.TransactionId;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node that starts, decides and stops, twice, until its disk is down; it remembers what it was
 * told.
 */
final class DecidingNode implements AutoCloseable {

  private static final int STARTS = 2;
  private static final int DECISIONS = 60;
  private static final int LEFT_UNCONFIRMED = 3;

  private final SteppedDisk disk;
  private final Path directory;
  private final Set<TransactionId> asked = new HashSet<>();
  private final Set<TransactionId> decided = new HashSet<>();
  private final Set<TransactionId> denied = new HashSet<>();
  private final Set<TransactionId> confirmed = new HashSet<>();
  private @Nullable FileDecisionLog log;
  private @Nullable NodeIdentity identity;

  DecidingNode(SteppedDisk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  void run() {
    for (int start = 0; start < STARTS && !disk.isDown(); start++) {
      open();
      for (int number = 0; number < DECISIONS && !disk.isDown(); number++) {
        decide(number % LEFT_UNCONFIRMED != 0);
      }
      if (!disk.isDown()) {
        log.close();
      }
    }
  }

  private void open() {
    log = null;
    while (log == null && !disk.isDown()) {
      try {
        log = disk.open(directory);
        identity = log.identity();
      } catch (UncheckedIOException e) {
        assertThat(disk.hasHappened()).isTrue(); // and the next attempt goes well, or all is over
      }
    }
  }

  private void decide(boolean isConfirmed) {
    TransactionId id = log.identity().nextTransaction();
    asked.add(id);
    try {
      log.decide(id, BOTH);
      decided.add(id);
      assertThat(log.decisionOf(id)).isEqualTo(Verdict.COMMIT);
      if (isConfirmed) {
        confirmed.add(id);
        log.confirmed(id);
      }
    } catch (UnconfirmedWriteException e) {
      if (log.learnUnknown()) {
        assertThat(log.decisionOf(id)).isEqualTo(Verdict.NONE);
        denied.add(id);
      } else {
        assertThat(disk.isDown()).isTrue();
      }
    }
  }

  /** What the log says later contradicts nothing that this node was told. */
  void check(FileDecisionLog found) {
    Set<TransactionId> unconfirmed = found.unconfirmed().keySet();
    assertThat(unconfirmed)
        .as("decided and not confirmed")
        .containsAll(decided.stream().filter(id -> !confirmed.contains(id)).toList());
    assertThat(asked).as("what was to be decided").containsAll(unconfirmed);
    assertThat(unconfirmed).as("not those that there are none of").noneMatch(denied::contains);
    assertThat(found.unconfirmed().values()).allMatch(BOTH.keySet()::equals);
    if (identity != null) {
      assertThat(found.identity().log()).isEqualTo(identity.log());
      assertThat(found.identity().incarnation()).isGreaterThan(identity.incarnation());
    }
  }

  @Override
  public void close() {
    if (log != null) {
      log.close();
    }
  }
}

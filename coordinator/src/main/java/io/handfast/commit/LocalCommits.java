package io.handfast.commit;

import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.InDoubt;

/**
 * The second half of every protocol without a distributed transaction: rows first, then messages.
 *
 * <p>Where the second commit is not reached the messages come again, or, if they were acknowledged
 * before, are not repeated. Once the first commit was sent nothing says that it had no effect.
 */
public final class LocalCommits {

  /** A commit at one participant. */
  @FunctionalInterface
  public interface Commit {
    void run() throws Exception;
  }

  private LocalCommits() {}

  /** Commits rows, then messages. */
  public static Outcome settle(Commit rows, Commit messages) {
    try {
      rows.run();
      messages.run();
      return new Committed();
    } catch (Exception e) {
      return new InDoubt(e);
    }
  }
}

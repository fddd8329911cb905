package io.handfast.comparison;

import io.handfast.comparison.Comparison.Status;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The request to end a comparison early, and with which status. Thread-safe. */
final class Cancellation {

  private volatile @Nullable Status asked;

  /** Asks for the end; the first one who asks says what it is called. */
  synchronized void ask(Status status) {
    if (asked == null) {
      asked = status;
    }
  }

  /** What the end is called that was asked for, or null. */
  @Nullable Status asked() {
    return asked;
  }

  /**
   * Ends what is under way once an end was asked for.
   *
   * @throws CancellationException it was
   */
  void check() {
    if (asked != null) {
      throw new CancellationException("cancelled");
    }
  }
}

package io.handfast.comparison;

import io.handfast.comparison.Comparison.Status;
import org.jspecify.annotations.Nullable;

/** Whether a comparison shall end before its time, and as what. Thread-safe. */
final class Cancellation {

  /** Ends a comparison. */
  static final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private CancelledException() {
      super("cancelled", null, false, false);
    }
  }

  private volatile @Nullable Status asked;

  /** Asks for the end; the first one who asks says what it is called. */
  synchronized void ask(Status status) {
    if (asked == null) {
      asked = status;
    }
  }

  /** What the end is called that somebody has asked for, or null. */
  @Nullable Status asked() {
    return asked;
  }

  void check() {
    if (asked != null) {
      throw new CancelledException();
    }
  }
}

package io.handfast.recovery;

import io.handfast.resolution.Action;
import io.handfast.transaction.TransactionId;

/** Is told of each branch that recovery has ended, by several threads. */
@FunctionalInterface
public interface RecoveryWatch {

  /** Looks away. */
  RecoveryWatch NONE = (id, participant, action) -> {};

  void recovered(TransactionId id, String participant, Action action);

  /** Tells another one too, after this one. */
  default RecoveryWatch and(RecoveryWatch other) {
    return (id, participant, action) -> {
      recovered(id, participant, action);
      other.recovered(id, participant, action);
    };
  }
}

package io.handfast.delivery;

import io.handfast.message.Message;
import io.handfast.transaction.Outcome;
import java.util.Map;

/** The trace of one unit of work, and of the messages in it. Used by the unit's thread. */
public interface UnitTrace {

  /** Leaves no trace. */
  UnitTrace NONE =
      new UnitTrace() {
        @Override
        public Map<String, String> contextOf(Message message) {
          return Map.of();
        }

        @Override
        public void ended(Outcome outcome, Map<String, String> refused) {}
      };

  /**
   * What a copy of a message, or a call about it, carries so that its trace goes on there.
   *
   * @return headers by their names, each a Java identifier; none where nothing is traced
   */
  Map<String, String> contextOf(Message message);

  /**
   * The unit is over.
   *
   * @param refused why messages were not applied, by their ids
   */
  void ended(Outcome outcome, Map<String, String> refused);
}

package io.handfast.message;

/** Is notified when the broker blocks producers of a queue, and when it unblocks them. */
public interface BlockedSends {

  /** Ignores all events. */
  BlockedSends NONE =
      new BlockedSends() {
        @Override
        public void blocked(String queue) {}

        @Override
        public void released(String queue) {}
      };

  /** A send to this queue has waited for two seconds. */
  void blocked(String queue);

  /** The broker takes messages for this queue again. */
  void released(String queue);
}

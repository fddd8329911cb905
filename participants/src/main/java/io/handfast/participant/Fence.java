package io.handfast.participant;

/**
 * Holds a node's name at one participant, as long as its own connection lives.
 *
 * <p>At any time a participant grants a name to one holder only. It is free again when the holder
 * closes it, at once when the holder's process has died, and after about 12 seconds of silence when
 * the holder's machine or the network between has vanished.
 *
 * <p>It is a lease and no more: a participant does not look at it when it is asked to resolve a
 * branch. Thread-safe.
 */
public interface Fence extends AutoCloseable {

  /** For a participant that lets only one process in anyway. */
  Fence NONE =
      new Fence() {

        @Override
        public boolean isHeld() {
          return true;
        }

        @Override
        public void close() {}
      };

  /** Asks the participant whether the name is still held; costs one round trip. */
  boolean isHeld();

  /** Gives the name up. Does nothing where it was lost. */
  @Override
  void close();
}

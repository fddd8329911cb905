package io.handfast.log;

/**
 * Is told of each force of the decision log, in the log's own thread, which it must not hold up.
 */
@FunctionalInterface
public interface ForceWatch {

  /** Looks away. */
  ForceWatch NONE = (records, nanos) -> {};

  /**
   * A group is on disk.
   *
   * @param records how many records it had, those included that would not have been waited for
   * @param nanos how long the disk took for it
   */
  void forced(int records, long nanos);
}

package io.handfast.commit;

/** Begins units of work one after the other, on the same sessions. Used by one thread at a time. */
@FunctionalInterface
public interface Units extends AutoCloseable {

  /** Begins a unit; the one before is over. */
  UnitOfWork begin() throws Exception;

  /** Ends what is kept from one unit to the next; not the sessions. */
  @Override
  default void close() {}
}

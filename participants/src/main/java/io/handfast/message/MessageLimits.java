package io.handfast.message;

/**
 * How much memory messages may take, in bytes of their encoded form. In memory a message takes a
 * few times that, as message, text, JSON and parameters.
 *
 * @param unit a unit of work takes no further message once it has so much; at least one in any case
 * @param inFlight no unit begins to receive while the units of this process hold so much
 * @param prefetch so much is sent ahead to each consumer that takes many messages
 */
public record MessageLimits(long unit, long inFlight, int prefetch) {

  private static final long MIB = 1024 * 1024;
  private static final int UNITS_A_HEAP = 128;
  private static final int IN_FLIGHT_A_HEAP = 16;
  private static final int PREFETCHES_A_HEAP = 1024;
  private static final int SMALLEST_PREFETCH = 64 * 1024;

  /** What fits a heap of this size: with 256 MiB 2 MiB a unit, 16 MiB in flight, 256 KiB ahead. */
  public static MessageLimits ofHeap(long bytes) {
    return new MessageLimits(
        Math.max(MIB, bytes / UNITS_A_HEAP),
        Math.max(MIB, bytes / IN_FLIGHT_A_HEAP),
        (int) Math.max(SMALLEST_PREFETCH, Math.min(MIB, bytes / PREFETCHES_A_HEAP)));
  }
}

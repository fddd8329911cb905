package io.handfast.comparison;

/**
 * The throughput and the processor time of one round.
 *
 * @param cpuSecondsPerThousand processor time of this process for a thousand messages
 */
record Round(double messagesPerSecond, double cpuSecondsPerThousand, Audit audit) {}

package io.handfast.comparison;

/**
 * One measurement of a row's throughput.
 *
 * @param cpuSecondsPerThousand processor time of this process for a thousand messages
 */
record Round(double messagesPerSecond, double cpuSecondsPerThousand, Audit audit) {}

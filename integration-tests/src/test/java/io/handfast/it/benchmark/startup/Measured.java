package io.handfast.it.benchmark.startup;

/**
 * One start.
 *
 * @param ready seconds from the creation of the process to the first 200 of readiness
 * @param cpu seconds of processor time that it took until then
 * @param idle MiB that are resident 5 s later
 * @param loaded MiB that are resident after the messages
 */
record Measured(double ready, double cpu, double idle, double loaded) {}

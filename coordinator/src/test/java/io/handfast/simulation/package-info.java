/**
 * Runs nodes in one process, in memory, under schedules that a seed decides.
 *
 * <p>The classes of the runner are the real ones: delivery, commit, coordination, recovery and log.
 * Broker, database, disk, engine, threads and time are simulated.
 */
@org.jspecify.annotations.NullMarked
package io.handfast.simulation;

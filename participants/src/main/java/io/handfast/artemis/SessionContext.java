package io.handfast.artemis;

import io.handfast.message.ByteBudget;

/**
 * The state that all sessions of a broker share: known queues, blocked sends, limits.
 *
 * @param unit bytes after which a unit takes no further message
 */
record SessionContext(TargetQueues targets, SendWatch sends, ByteBudget inFlight, long unit) {}

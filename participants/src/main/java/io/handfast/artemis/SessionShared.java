package io.handfast.artemis;

/**
 * What the sessions of a broker share, so that each knows where it sends to, and none takes time or
 * memory without bound.
 *
 * @param unit bytes after which a unit takes no further message
 */
record SessionShared(Targets targets, SendWatch sends, ByteBudget inFlight, long unit) {}

package io.handfast.sqs;

import io.handfast.message.ByteBudget;
import java.time.Clock;
import java.time.Duration;

/**
 * What all sessions share.
 *
 * @param lease how long a message is a session's before it must be extended
 * @param unit a receive takes no further message once it has so many bytes
 */
record SqsShared(
    SqsCalls calls,
    LeaseKeeper keeper,
    Duration lease,
    ByteBudget inFlight,
    long unit,
    Clock clock) {}

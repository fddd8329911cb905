package io.handfast.message;

import java.time.Duration;

/**
 * For how long a client may keep messages of a source.
 *
 * @param longest the longest lease
 * @param reason which setting of the source bounds it, for people
 */
public record LeaseBound(Duration longest, String reason) {}

package io.handfast.message;

/**
 * How a broker remembers duplicate-detection ids.
 *
 * @param size how many, for each address
 * @param isPersistent whether they outlive a restart of the broker
 */
public record IdMemory(long size, boolean isPersistent) {}

package io.handfast.message;

/**
 * How many duplicate-detection ids a broker remembers, and how long.
 *
 * @param size how many, for each address
 * @param isPersistent whether they outlive a restart of the broker
 */
public record DuplicateIdMemory(long size, boolean isPersistent) {}

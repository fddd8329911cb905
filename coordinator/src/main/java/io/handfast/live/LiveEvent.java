package io.handfast.live;

/**
 * What everybody who looks is told, written once for all.
 *
 * @param name {@code snapshot} or {@code state}
 * @param json the event's data
 */
public record LiveEvent(String name, String json) {}

package io.handfast.live;

/**
 * An event for all listeners, serialized once.
 *
 * @param name {@code snapshot} or {@code state}
 * @param json the event's data
 */
public record LiveEvent(String name, String json) {}

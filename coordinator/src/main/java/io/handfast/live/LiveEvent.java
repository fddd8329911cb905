package io.handfast.live;

/**
 * What all listeners are told, serialized once.
 *
 * @param name {@code snapshot} or {@code state}
 * @param json the event's data
 */
public record LiveEvent(String name, String json) {}

package io.handfast.message;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the broker's settings say of the messages of one address.
 *
 * @param giveUp when the broker gives a message up
 * @param fullPolicy what it does with a message where the address is full, such as {@code PAGE}
 * @param expiryDelay how long a message without an expiry of its own lives, in milliseconds; -1 for
 *     ever
 * @param maxExpiryDelay the longest that any message lives, in milliseconds; -1 for ever
 */
public record AddressRules(
    GiveUpRule giveUp, String fullPolicy, long expiryDelay, long maxExpiryDelay) {

  private static final int DEFAULT_MAX_DELIVERY_ATTEMPTS = 10;

  static AddressRules of(JsonNode settings) {
    String deadLetters = settings.path("deadLetterAddress").asText("");
    boolean isExpiryOff = settings.path("noExpiry").asBoolean(false);
    long expiryDelay = settings.path("expiryDelay").asLong(-1);
    return new AddressRules(
        new GiveUpRule(
            settings.path("maxDeliveryAttempts").asInt(DEFAULT_MAX_DELIVERY_ATTEMPTS),
            deadLetters.isEmpty() ? null : deadLetters),
        settings.path("addressFullMessagePolicy").asText("PAGE"),
        isExpiryOff ? -1 : expiryDelay,
        isExpiryOff || expiryDelay >= 0 ? -1 : settings.path("maxExpiryDelay").asLong(-1));
  }

  /** Whether the broker drops messages, without an error, while the address is full. */
  public boolean dropsWhenFull() {
    return fullPolicy.equals("DROP");
  }
}

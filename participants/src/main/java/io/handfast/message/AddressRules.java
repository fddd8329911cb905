package io.handfast.message;

/**
 * The broker's settings for the messages of one address.
 *
 * @param giveUp when the broker gives a message up
 * @param fullPolicy what it does with a message where the address is full, such as {@code PAGE}
 * @param expiryDelay how long a message without an expiry of its own lives, in milliseconds; -1 for
 *     ever
 * @param maxExpiryDelay the longest that any message lives, in milliseconds; -1 for ever
 */
public record AddressRules(
    BrokerDeadLetterRule giveUp, String fullPolicy, long expiryDelay, long maxExpiryDelay) {

  /** Whether the broker drops messages, without an error, while the address is full. */
  public boolean dropsWhenFull() {
    return fullPolicy.equals("DROP");
  }
}

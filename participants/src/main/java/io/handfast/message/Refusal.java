package io.handfast.message;

/**
 * A permanent refusal by a source, and the part of the request that is at fault.
 *
 * @param part what it is about
 * @param reason in the source's words, or in words about what the source has
 */
public record Refusal(Part part, String reason) {

  /** What a refusal is about. */
  public enum Part {
    SELECTOR,
    /** The queue, or the topic. */
    DESTINATION,
    SUBSCRIPTION,
    /** A right that the user lacks. */
    RIGHT
  }
}

package io.handfast.message;

/**
 * What a source that was reached refuses, and goes on to refuse when asked again.
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

package io.handfast.database;

/**
 * The source of one statement parameter's value: a field, a header, or the message.
 *
 * @param source the part of the message
 * @param name the field or the header; empty for the sources that have only one value
 */
public record Parameter(Source source, String name) {

  /** The parts of a message that a parameter can name. */
  public enum Source {
    /** {@code :name}, a top-level field of the JSON body. */
    FIELD,
    /** {@code :message.id}. */
    MESSAGE_ID,
    /** {@code :message.body}, the body as it came. */
    MESSAGE_BODY,
    /** {@code :header.name}. */
    HEADER,
    /** {@code :kafka.name}, what the log of a partition says of the message. */
    PARTITION
  }

  /** As it is written in a statement. */
  @Override
  public String toString() {
    return switch (source) {
      case FIELD -> ":" + name;
      case MESSAGE_ID -> ":message.id";
      case MESSAGE_BODY -> ":message.body";
      case HEADER -> ":header." + name;
      case PARTITION -> ":" + name;
    };
  }
}

package io.handfast.message;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A received message, as it was read when it came. Immutable, and safe for use by many threads.
 *
 * <p>Each source has a class for it, which may hold what a copy of the message needs.
 */
public interface Message {

  /** Protocols keep the sender's word on the kind of a body in one of these headers. */
  List<String> CONTENT_TYPES =
      List.of("_AMQ_CONTENT_TYPE", "JMS_AMQP_ContentType", "mqtt.content.type");

  /** It becomes a header of an HTTP request, so it must not be more than that. */
  Pattern MEDIA_TYPE =
      Pattern.compile("[\\w!#$&^.+-]{1,100}/[\\w!#$&^.+-]{1,100}(; ?[\\w-]{1,50}=[\\w.+-]{1,50})*");

  /** The id of the original message, which a copy that waits for its retry keeps. */
  String id();

  /** The source's own number of the message, by which an administrator finds it there. */
  long number();

  /** The body. */
  MessageBody content();

  /** The application's headers; never changed. */
  Map<String, Object> headers();

  /** A header by name: a standard one such as {@code JMSType}, or one of the application. */
  @Nullable Object header(String name);

  /** How often the application of this message has failed so far. */
  int failures();

  /** When the sender sent it, in milliseconds since 1970 by the sender's clock. */
  long sentAt();

  /** When the sender lets the message expire, in milliseconds since 1970; 0 for never. */
  long expiration();

  /** Whether the source keeps the message over a restart of its own. */
  boolean isPersistent();

  /** Whether this message, or the one it is a copy of, had been delivered before. */
  boolean isRedelivered();

  /** The message group that orders this message among others, or null. */
  @Nullable String group();

  /**
   * How often the source has handed it out, this time included: by failures, outages and ends of
   * processes; 0 where the source does not count.
   */
  default int deliveries() {
    return 0;
  }

  /**
   * Just before the source was asked for it, by this node's clock; null where messages are not
   * leased.
   */
  default @Nullable Instant receivedAt() {
    return null;
  }

  /** The key that its sender gave it, as a text or as bytes; null where it has none. */
  default @Nullable MessageBody key() {
    return null;
  }

  /** The partition that keeps the message, and its offset there; null at other sources. */
  default @Nullable Place place() {
    return null;
  }

  /**
   * Where a partition keeps a message.
   *
   * @param partition the partition
   * @param at the message's own offset, and its leader epoch
   */
  record Place(PositionedSession.Partition partition, PositionedSession.Position at) {}

  /** What tells this message from others: the sender's duplicate-detection id, or its own id. */
  String deduplicationId();

  /** Why nothing tells this message from others as the delivery asks for; null where it does. */
  default @Nullable String deduplicationProblem() {
    return null;
  }

  /** The body as text, or null where it is none. */
  default @Nullable String body() {
    return content().text();
  }

  /** What kind of bytes a binary body has, in the sender's words. */
  default String contentType() {
    for (String name : CONTENT_TYPES) {
      if (headers().get(name) instanceof String type && MEDIA_TYPE.matcher(type).matches()) {
        return type;
      }
    }
    return "application/octet-stream";
  }
}

package io.handfast.message;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message that a partition keeps, as it was read when it came.
 *
 * <p>Its partition is its group: what cannot be applied holds those behind it.
 *
 * @param place where it is kept
 * @param key the sender's; null where it gave none
 * @param content the body; {@link MessageBody#NONE} where the message says that there is none
 * @param headers the application's; never changed
 * @param timestamp by the sender's clock, or the broker's; -1 where neither has set it
 * @param failures how often the application of this message has failed so far
 * @param headerId what the header says that the delivery has chosen; null where it chose none
 */
public record PartitionMessage(
    Place place,
    @Nullable MessageBody key,
    MessageBody content,
    Map<String, Object> headers,
    long timestamp,
    int failures,
    @Nullable HeaderId headerId)
    implements Message {

  public static final String PARTITION = "kafka.partition";
  public static final String OFFSET = "kafka.offset";
  public static final String TIMESTAMP = "kafka.timestamp";

  /** A message that its place tells from others. */
  public PartitionMessage(
      Place place,
      @Nullable MessageBody key,
      MessageBody content,
      Map<String, Object> headers,
      long timestamp,
      int failures) {
    this(place, key, content, headers, timestamp, failures, null);
  }

  /** The same for each delivery of it, and for no message of another partition or topic. */
  @Override
  public String id() {
    PositionedSession.Partition of = place.partition();
    // Asked for several times for each record: a format takes 50 times as long.
    return of.cluster() + "/" + of.topicId() + "/" + of.number() + "/" + place.at().offset();
  }

  @Override
  public long number() {
    return place.at().offset();
  }

  @Override
  public @Nullable Object header(String name) {
    return switch (name) {
      case "JMSMessageID" -> id();
      case "JMSTimestamp" -> sentAt();
      case PARTITION -> (long) place.partition().number();
      case OFFSET -> place.at().offset();
      case TIMESTAMP -> timestamp < 0 ? null : timestamp;
      default -> headers.get(name);
    };
  }

  @Override
  public long sentAt() {
    return Math.max(0, timestamp);
  }

  @Override
  public long expiration() {
    return 0;
  }

  @Override
  public boolean isPersistent() {
    return true;
  }

  @Override
  public boolean isRedelivered() {
    return failures > 0;
  }

  @Override
  public String group() {
    return place.partition().label();
  }

  @Override
  public String deduplicationId() {
    return headerId != null && headerId.id() != null ? headerId.id() : id();
  }

  @Override
  public @Nullable String deduplicationProblem() {
    return headerId == null ? null : headerId.problem();
  }
}

package io.handfast.message;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The properties that Handfast writes on messages it sends on.
 *
 * <p>They carry what must survive a restart and a change of consumer: which message a copy stands
 * for, how often its application failed, and why. JMS property names are Java identifiers.
 */
public final class MessageHeaders {

  /** The id of the first message that this copy stands for. */
  public static final String ID = "handfast_id";

  /** How often the application of this message has failed. */
  public static final String FAILURES = "handfast_failures";

  /** Why the application failed the last time. */
  public static final String CAUSE = "handfast_cause";

  /**
   * The id of this copy. A client that takes the properties of a message over into one of its own
   * has not made a copy: its message has another id than this says.
   */
  public static final String COPY = "handfast_copy";

  /** The name of the delivery that sent this copy. */
  public static final String DELIVERY = "handfast_delivery";

  /** Where the message came from: a queue, or {@code topic::subscription}. */
  public static final String SOURCE = "handfast_source";

  /** When the application failed the last time, in ISO-8601. */
  public static final String FAILED_AT = "handfast_failed_at";

  /**
   * When the original would have expired, in milliseconds since 1970. A copy that waits for its
   * retry does not expire at the broker, which would drop it without a trace.
   */
  public static final String EXPIRATION = "handfast_expiration";

  /** The duplicate-detection id that the original carried. */
  public static final String DUPLICATE_ID = "handfast_duplicate_id";

  /** The property in which Artemis expects a duplicate-detection id. */
  public static final String BROKER_DUPLICATE_ID = "_AMQ_DUPL_ID";

  /** The key of the record that this message was made from, as a text or as bytes. */
  public static final String KEY = "handfast_key";

  /** The topic of the record that this message was made from. */
  public static final String TOPIC = "handfast_topic";

  /** The partition of that record. */
  public static final String PARTITION = "handfast_partition";

  /** The offset of that record. */
  public static final String OFFSET = "handfast_offset";

  /** The timestamp of that record, in milliseconds since 1970. */
  public static final String TIMESTAMP = "handfast_timestamp";

  /** The message group, at a source that leases messages, of the one that this was made from. */
  public static final String GROUP = "handfast_group";

  /** The number that such a source has given to that message, as a text. */
  public static final String SEQUENCE = "handfast_sequence";

  /** The id by which its sender wants its repetitions to be recognised. */
  public static final String SENDERS_ID = "handfast_deduplication_id";

  /** What a failed application has written, which a replay takes away again. */
  public static final List<String> OF_THE_FAILURE =
      List.of(FAILURES, CAUSE, DELIVERY, FAILED_AT, EXPIRATION);

  /** What is said of a message by a copy of it, and by nothing else. */
  public static final List<String> OF_THE_COPY =
      List.of(ID, FAILURES, CAUSE, DELIVERY, SOURCE, FAILED_AT, EXPIRATION, DUPLICATE_ID, COPY);

  /** The message group, by the name that statements use, as are those behind it. */
  public static final String LEASED_GROUP = "sqs.group";

  /** The id by which its sender wants its repetitions to be recognised. */
  public static final String LEASED_SENDERS_ID = "sqs.deduplicationId";

  /** The number that the source has given to the message. */
  public static final String LEASED_SEQUENCE = "sqs.sequence";

  /** How often the source has handed the message out. */
  public static final String LEASED_RECEIVES = "sqs.receives";

  /** When it was sent, in milliseconds since 1970. */
  public static final String LEASED_SENT_AT = "sqs.sentAt";

  /** What a queue that leases messages says of one, by the names that statements use. */
  public static final List<String> OF_LEASES =
      List.of(
          LEASED_GROUP,
          LEASED_SENDERS_ID,
          LEASED_SEQUENCE,
          LEASED_RECEIVES,
          LEASED_SENT_AT,
          "JMSTimestamp");

  private static final Map<String, String> BY_NAME_OF_LEASES =
      Map.of(LEASED_GROUP, GROUP, LEASED_SENDERS_ID, SENDERS_ID, LEASED_SEQUENCE, SEQUENCE);

  /** What the names of all properties begin with that Handfast writes. */
  public static final String PREFIX = "handfast_";

  private MessageHeaders() {}

  /** What a message says of the record, or of the message of another source, that it is of. */
  public static Map<String, Object> ofOrigin(Message record) {
    Map<String, Object> origin = new LinkedHashMap<>();
    Message.Place place = record.place();
    if (place == null) {
      BY_NAME_OF_LEASES.forEach(
          (name, property) -> {
            if (record.header(name) instanceof String value) {
              origin.put(property, value);
            }
          });
    } else {
      origin.put(TOPIC, place.partition().topic());
      origin.put(PARTITION, place.partition().number());
      origin.put(OFFSET, place.at().offset());
    }
    if (record.sentAt() > 0) {
      origin.put(TIMESTAMP, record.sentAt());
    }
    MessageBody key = record.key();
    if (key != null && key.problem() == null) {
      origin.put(KEY, key.text() != null ? key.text() : Objects.requireNonNull(key.binary()));
    }
    return origin;
  }
}

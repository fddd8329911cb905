package io.handfast.sqs;

import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import io.handfast.message.MessageHeaders;
import io.handfast.message.Source.Key;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * A message of SQS, as it was read when it came.
 *
 * @param headers its attributes: texts, numbers and bytes
 * @param system what SQS says of it
 * @param deduplicationId what an inbox knows it by
 * @param receipt what it is deleted by, as long as it is leased
 * @param size the bytes that it takes, of what SQS counts
 */
record SqsMessage(
    String id,
    MessageBody content,
    Map<String, Object> headers,
    Map<MessageSystemAttributeName, String> system,
    String deduplicationId,
    String receipt,
    Instant receivedAt,
    long size)
    implements Message {

  /** Reads what was received of a queue. */
  static SqsMessage of(
      software.amazon.awssdk.services.sqs.model.Message message, SqsQueue queue, Instant asked) {
    Map<MessageSystemAttributeName, String> system = message.attributes();
    return new SqsMessage(
        message.messageId(),
        MessageBody.ofUnchecked(message.body()),
        headers(message.messageAttributes()),
        system,
        identity(message.messageId(), system, queue),
        message.receiptHandle(),
        asked,
        sizeOf(message));
  }

  private static String identity(
      String id, Map<MessageSystemAttributeName, String> system, SqsQueue queue) {
    String given = system.get(MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID);
    if (queue.key() == Key.MESSAGE_ID || given == null) {
      return id;
    }
    return queue.isKeyOfGroup()
        ? system.get(MessageSystemAttributeName.MESSAGE_GROUP_ID) + "/" + given
        : given;
  }

  private static Map<String, Object> headers(Map<String, MessageAttributeValue> attributes) {
    Map<String, Object> headers = new LinkedHashMap<>();
    attributes.forEach((name, value) -> headers.put(name, value(value)));
    return Collections.unmodifiableMap(headers);
  }

  /** A type may be made more precise after a dot, as in {@code Number.int}. */
  private static Object value(MessageAttributeValue value) {
    String type = value.dataType();
    if (type.startsWith("Binary")) {
      return value.binaryValue().asByteArray();
    }
    String text = String.valueOf(value.stringValue());
    return type.startsWith("Number") ? number(text) : text;
  }

  private static Object number(String text) {
    try {
      BigDecimal number = new BigDecimal(text.strip());
      boolean isWhole = number.scale() <= 0 && number.precision() - number.scale() <= 18;
      return isWhole ? (Object) number.longValueExact() : number;
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private static long sizeOf(software.amazon.awssdk.services.sqs.model.Message message) {
    long size = bytes(message.body());
    for (Map.Entry<String, MessageAttributeValue> one : message.messageAttributes().entrySet()) {
      MessageAttributeValue value = one.getValue();
      size += bytes(one.getKey()) + bytes(value.stringValue());
      size += value.binaryValue() == null ? 0 : value.binaryValue().asByteArrayUnsafe().length;
    }
    return size;
  }

  private static long bytes(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** SQS numbers no messages. */
  @Override
  public long number() {
    return 0;
  }

  @Override
  public @Nullable Object header(String name) {
    return switch (name) {
      case "JMSMessageID" -> id;
      case "JMSTimestamp", MessageHeaders.LEASED_SENT_AT -> sentAt();
      case "JMSXDeliveryCount", MessageHeaders.LEASED_RECEIVES -> (long) deliveries();
      case "JMSXGroupID", MessageHeaders.LEASED_GROUP -> group();
      case MessageHeaders.LEASED_SENDERS_ID ->
          system.get(MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID);
      case MessageHeaders.LEASED_SEQUENCE -> system.get(MessageSystemAttributeName.SEQUENCE_NUMBER);
      default -> headers.get(name);
    };
  }

  /** SQS counts receives, and no failures. */
  @Override
  public int failures() {
    return 0;
  }

  @Override
  public int deliveries() {
    return (int) number(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT);
  }

  @Override
  public long sentAt() {
    return number(MessageSystemAttributeName.SENT_TIMESTAMP);
  }

  private long number(MessageSystemAttributeName name) {
    try {
      return Long.parseLong(system.getOrDefault(name, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The retention of its queue ends it, which its sender has not asked for. */
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
    return deliveries() > 1;
  }

  @Override
  public @Nullable String group() {
    return system.get(MessageSystemAttributeName.MESSAGE_GROUP_ID);
  }
}

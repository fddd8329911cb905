package io.handfast.message;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.reader.MessageUtil;
import org.jspecify.annotations.Nullable;

/**
 * A message in flight, read once.
 *
 * @param id the id of the original message: a copy that waits for its retry keeps it
 * @param content the body
 * @param headers the application's properties
 * @param failures how often the application of this message has failed so far
 * @param core the message as the session received it, for copies
 */
public record ReceivedMessage(
    String id, MessageBody content, Map<String, Object> headers, int failures, ClientMessage core) {

  private static final List<String> CONTENT_TYPES =
      List.of("_AMQ_CONTENT_TYPE", "JMS_AMQP_ContentType", "mqtt.content.type");

  /** It becomes a header of an HTTP request, so it must not be more than that. */
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[\\w!#$&^.+-]{1,100}/[\\w!#$&^.+-]{1,100}(; ?[\\w-]{1,50}=[\\w.+-]{1,50})*");

  /**
   * Reads what a delivery needs from a message.
   *
   * @param queue the queue that it was received from, as {@link Source#ownQueue()} names it: what a
   *     copy says of its original counts in the queue that the original came from, and nowhere
   *     else; null where a message is only looked at
   */
  static ReceivedMessage of(ClientMessage message, @Nullable String queue) {
    Map<String, Object> headers = new LinkedHashMap<>();
    for (String name : MessageUtil.getPropertyNames(message)) {
      Object value =
          MessageUtil.JMSXDELIVERYCOUNT.equals(name)
              ? message.getDeliveryCount()
              : MessageUtil.getObjectProperty(message, name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    boolean isCopy = queue == null || queue.equals(headers.get(MessageHeaders.SOURCE));
    int failures =
        isCopy && headers.get(MessageHeaders.FAILURES) instanceof Number n
            ? Math.max(0, n.intValue())
            : 0;
    String original =
        isCopy && headers.get(MessageHeaders.ID) instanceof String id ? StableId.of(id) : null;
    if (!isCopy) {
      headers.remove(MessageHeaders.DUPLICATE_ID);
      headers.remove(MessageHeaders.EXPIRATION);
    }
    return new ReceivedMessage(
        original == null ? ownId(message) : original,
        MessageBody.of(message),
        Collections.unmodifiableMap(headers),
        failures,
        message);
  }

  /** The body as text, or null where it is none. */
  public @Nullable String body() {
    return content.text();
  }

  /**
   * What kind of bytes a binary body has: what the sender says of them, in one of the properties in
   * which protocols keep it.
   */
  public String contentType() {
    for (String name : CONTENT_TYPES) {
      if (headers.get(name) instanceof String type && MEDIA_TYPE.matcher(type).matches()) {
        return type;
      }
    }
    return "application/octet-stream";
  }

  /** A header by name: a standard JMS header such as {@code JMSType}, or a property. */
  public @Nullable Object header(String name) {
    return switch (name) {
      case "JMSMessageID" -> jmsId(core);
      case "JMSCorrelationID" -> MessageUtil.getJMSCorrelationID(core);
      case "JMSType" -> MessageUtil.getJMSType(core);
      case "JMSTimestamp" -> core.getTimestamp();
      case "JMSPriority" -> (int) core.getPriority();
      case "JMSExpiration" -> expiration();
      default -> headers.get(name);
    };
  }

  /** When the sender lets the message expire, in milliseconds since 1970; 0 for never. */
  public long expiration() {
    return headers.get(MessageHeaders.EXPIRATION) instanceof Long original
        ? original
        : core.getExpiration();
  }

  /** Whether the broker keeps the message over a restart of its own. */
  public boolean isPersistent() {
    return core.isDurable();
  }

  /** What tells this message from others: the sender's duplicate-detection id, or its own id. */
  public String deduplicationId() {
    Object own = headers.get(MessageHeaders.BROKER_DUPLICATE_ID);
    Object original = headers.get(MessageHeaders.DUPLICATE_ID);
    if (own == null && original == null) {
      return id;
    }
    return StableId.of(own != null ? own : original);
  }

  /** Whether this message, or the one it is a copy of, had been delivered before. */
  public boolean isRedelivered() {
    return failures > 0 || core.getDeliveryCount() > 1;
  }

  /** The message group that orders this message among others, or null. */
  public @Nullable String group() {
    return headers.get(MessageUtil.JMSXGROUPID) instanceof String group ? group : null;
  }

  private static @Nullable String jmsId(ClientMessage message) {
    return message.getUserID() == null ? null : "ID:" + message.getUserID();
  }

  private static String ownId(ClientMessage message) {
    String id = jmsId(message);
    // Clients of other protocols may send messages without an id; the broker's number is stable.
    return id != null ? id : "core:" + message.getMessageID();
  }
}

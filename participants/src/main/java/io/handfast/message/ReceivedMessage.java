package io.handfast.message;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.jspecify.annotations.Nullable;

/**
 * A message in hand, read once.
 *
 * @param id the id of the original message: a copy that waits for its retry keeps it
 * @param body the text, or bytes read as UTF-8; null for a message that has neither
 * @param headers the application's properties
 * @param failures how often the application of this message has failed so far
 * @param jms the message as the session received it, for copies
 */
public record ReceivedMessage(
    String id, @Nullable String body, Map<String, Object> headers, int failures, Message jms) {

  /** Reads what a delivery needs from a JMS message. */
  static ReceivedMessage of(Message message) throws JMSException {
    Map<String, Object> headers = new LinkedHashMap<>();
    for (Enumeration<?> names = message.getPropertyNames(); names.hasMoreElements(); ) {
      String name = String.valueOf(names.nextElement());
      headers.put(name, message.getObjectProperty(name));
    }
    int failures =
        headers.get(MessageHeaders.FAILURES) instanceof Number n ? Math.max(0, n.intValue()) : 0;
    return new ReceivedMessage(
        idOf(message, headers),
        bodyOf(message),
        Collections.unmodifiableMap(headers),
        failures,
        message);
  }

  /** A header by name: a standard JMS header such as {@code JMSType}, or a property. */
  public @Nullable Object header(String name) {
    try {
      return switch (name) {
        case "JMSMessageID" -> jms.getJMSMessageID();
        case "JMSCorrelationID" -> jms.getJMSCorrelationID();
        case "JMSType" -> jms.getJMSType();
        case "JMSTimestamp" -> jms.getJMSTimestamp();
        case "JMSPriority" -> jms.getJMSPriority();
        case "JMSExpiration" -> jms.getJMSExpiration();
        default -> headers.get(name);
      };
    } catch (JMSException e) {
      throw new IllegalStateException("the header " + name + " cannot be read", e);
    }
  }

  /** What tells this message from others: the sender's duplicate-detection id, or its own id. */
  public String deduplicationId() {
    Object own = headers.get(MessageHeaders.BROKER_DUPLICATE_ID);
    Object original = headers.get(MessageHeaders.DUPLICATE_ID);
    if (own == null && original == null) {
      return id;
    }
    return String.valueOf(own != null ? own : original);
  }

  /** Whether this message, or the one it is a copy of, had been delivered before. */
  public boolean isRedelivered() {
    try {
      return failures > 0 || jms.getJMSRedelivered();
    } catch (JMSException e) {
      return false;
    }
  }

  /** The message group that orders this message among others, or null. */
  public @Nullable String group() {
    return headers.get("JMSXGroupID") instanceof String group ? group : null;
  }

  private static String idOf(Message message, Map<String, Object> headers) throws JMSException {
    if (headers.get(MessageHeaders.ID) instanceof String original) {
      return original;
    }
    String id = message.getJMSMessageID();
    // Clients of other protocols may send messages without an id; the broker's number is stable.
    return id != null ? id : "core:" + ((ActiveMQMessage) message).getCoreMessage().getMessageID();
  }

  private static @Nullable String bodyOf(Message message) throws JMSException {
    if (message instanceof TextMessage text) {
      return text.getText();
    }
    if (message instanceof BytesMessage bytes) {
      byte[] content = new byte[Math.toIntExact(bytes.getBodyLength())];
      bytes.readBytes(content);
      bytes.reset();
      return new String(content, StandardCharsets.UTF_8);
    }
    return null;
  }

  /** The names of properties that belong to one sending of a message, never to its copies. */
  static List<String> ownToOneSending() {
    return List.of(MessageHeaders.BROKER_DUPLICATE_ID, "JMSXDeliveryCount", "_AMQ_SCHED_DELIVERY");
  }
}

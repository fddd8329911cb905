package io.handfast.artemis;

import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import io.handfast.message.MessageHeaders;
import io.handfast.message.Source;
import io.handfast.message.StableId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.activemq.artemis.api.core.FilterConstants;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.reader.MessageUtil;
import org.jspecify.annotations.Nullable;

/**
 * A received message of Artemis, read once; see {@link Message}.
 *
 * @param id the id of the original message: a copy that waits for its retry keeps it
 * @param content the body
 * @param headers the application's properties
 * @param failures how often the application of this message has failed so far
 * @param core the message as the session received it, for copies
 */
record ArtemisMessage(
    String id, MessageBody content, Map<String, Object> headers, int failures, ClientMessage core)
    implements Message {

  /**
   * Reads what a delivery needs from a message.
   *
   * @param queue the queue that it was received from, as {@link Source#ownQueue()} names it: what a
   *     copy says of its original counts in the queue that the original came from, and nowhere
   *     else, and only in the copy itself; null where a message is only looked at
   */
  static ArtemisMessage of(ClientMessage message, @Nullable String queue) {
    return of(message, queue, BodyReader.read(message));
  }

  private static ArtemisMessage of(
      ClientMessage message, @Nullable String queue, MessageBody content) {
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
    boolean isCopy =
        queue == null || queue.equals(headers.get(MessageHeaders.SOURCE)) && isCopy(message);
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
    return new ArtemisMessage(
        original == null ? ownId(message) : original,
        content,
        Collections.unmodifiableMap(headers),
        failures,
        message);
  }

  /** A message whose body the broker's client cannot read, to be looked at. */
  static ArtemisMessage unreadable(ClientMessage message, String problem) {
    return of(message, null, MessageBody.unusable(problem));
  }

  @Override
  public long number() {
    return core.getMessageID();
  }

  @Override
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

  @Override
  public long expiration() {
    if (headers.get(MessageHeaders.EXPIRATION) instanceof Long original) {
      return original;
    }
    return core.getExpiration() >= CopyBuilder.NEVER ? 0 : core.getExpiration();
  }

  @Override
  public long sentAt() {
    return core.getTimestamp();
  }

  @Override
  public boolean isPersistent() {
    return core.isDurable();
  }

  @Override
  public String deduplicationId() {
    Object own = headers.get(MessageHeaders.BROKER_DUPLICATE_ID);
    Object original = headers.get(MessageHeaders.DUPLICATE_ID);
    if (own == null && original == null) {
      return id;
    }
    return StableId.of(own != null ? own : original);
  }

  @Override
  public boolean isRedelivered() {
    return failures > 0 || core.getDeliveryCount() > 1;
  }

  @Override
  public @Nullable String group() {
    return headers.get(MessageUtil.JMSXGROUPID) instanceof String group ? group : null;
  }

  private static @Nullable String jmsId(ClientMessage message) {
    if (message.getObjectProperty(FilterConstants.NATIVE_MESSAGE_ID) instanceof CharSequence sent) {
      return sent.toString();
    }
    return message.getUserID() == null ? null : idOf(message);
  }

  /**
   * The same at each delivery of a message. Clients of other protocols may send none, and for an
   * AMQP message whose id is no UUID the broker makes another one up each time it hands the message
   * out (Artemis 2.56): taken for the message's own, it would not be recognised after a crash, and
   * its failures would never add up. The broker's number of the message stays.
   */
  private static String ownId(ClientMessage message) {
    boolean isMadeUp = message.containsProperty(FilterConstants.NATIVE_MESSAGE_ID);
    return message.getUserID() == null || isMadeUp
        ? "core:" + message.getMessageID()
        : idOf(message);
  }

  /** Whether Handfast has made a message, and not a client with properties of such a one. */
  static boolean isCopy(ClientMessage message) {
    return idOf(message).equals(String.valueOf(message.getObjectProperty(MessageHeaders.COPY)));
  }

  static String idOf(ClientMessage message) {
    return "ID:" + message.getUserID();
  }
}

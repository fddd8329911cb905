package io.handfast.message;

import java.util.Map;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;
import org.apache.activemq.artemis.reader.MessageUtil;
import org.apache.activemq.artemis.reader.TextMessageUtil;

/** Messages as a session receives them from the queue "orders", without a broker. */
public final class FakeMessages {

  /** The broker's own kind of message, with an id that tests can choose. */
  static final class Fake extends ClientMessageImpl {

    private final String id;

    Fake(byte type, String id) {
      super(type, true, 0, 0, (byte) 4, 64);
      this.id = id;
    }

    String id() {
      return id;
    }
  }

  private FakeMessages() {}

  /** A message in flight. */
  public static ReceivedMessage received(String id, Map<String, Object> properties) {
    return received(id, properties, false);
  }

  /** A message in flight, whether or not it had been delivered before. */
  public static ReceivedMessage received(
      String id, Map<String, Object> properties, boolean isRedelivered) {
    return ReceivedMessage.of(text(id, "{}", properties, isRedelivered), "orders");
  }

  static Fake text(String id, String body, Map<String, Object> properties, boolean isRedelivered) {
    Fake message = new Fake(Message.TEXT_TYPE, id);
    TextMessageUtil.writeBodyText(message.getBodyBuffer(), SimpleString.of(body));
    message.putStringProperty(MessageHeaders.ID, id);
    message.putStringProperty(MessageHeaders.SOURCE, "orders");
    message.putStringProperty(MessageHeaders.COPY, ReceivedMessage.idOf(message));
    properties.forEach((name, value) -> MessageUtil.setObjectProperty(message, name, value));
    message.setDeliveryCount(isRedelivered ? 2 : 1);
    return message;
  }
}

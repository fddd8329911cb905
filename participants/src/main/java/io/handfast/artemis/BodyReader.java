package io.handfast.artemis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.message.BrokerException;
import io.handfast.message.MessageBody;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.utils.collections.TypedProperties;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of Artemis' messages, whatever protocol they were sent by. */
final class BodyReader {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final SimpleString AMQP = SimpleString.of("JMS_AMQP_");
  private static final SimpleString AMQP_ENCODING = SimpleString.of("JMS_AMQP_ORIGINAL_ENCODING");

  /** How the encoding of the section {@code amqp-value} begins: AMQP 1.0, 3.2.8. */
  private static final byte[] AMQP_VALUE = {0, 0x53, 0x77};

  private BodyReader() {}

  /** Reads the body of a message as the session received it. */
  static MessageBody read(ClientMessage message) {
    try {
      ActiveMQBuffer buffer = message.getBodyBuffer();
      buffer.resetReaderIndex();
      MessageBody body =
          switch (message.getType()) {
            case Message.TEXT_TYPE -> text(buffer);
            case Message.BYTES_TYPE ->
                isEncodedValue(message, buffer)
                    ? MessageBody.unusable(
                        "an AMQP value that is no text, binary or map cannot be used")
                    : bytes(buffer);
            case Message.DEFAULT_TYPE -> buffer.readable() ? bytes(buffer) : MessageBody.NONE;
            case Message.MAP_TYPE -> map(buffer);
            case Message.STREAM_TYPE ->
                MessageBody.unusable("a StreamMessage has no body that can be used");
            case Message.OBJECT_TYPE ->
                MessageBody.unusable("an ObjectMessage has no body that can be used");
            default -> MessageBody.unusable("the body is of the unknown type " + message.getType());
          };
      buffer.resetReaderIndex();
      return body;
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | IllegalStateException
        | JsonProcessingException e) {
      return MessageBody.unusable("the body cannot be decoded: " + e.getMessage());
    }
  }

  private static MessageBody text(ActiveMQBuffer buffer) {
    SimpleString text = buffer.readable() ? buffer.readNullableSimpleString() : null;
    return text == null ? MessageBody.NONE : MessageBody.ofUnchecked(text.toString());
  }

  /**
   * Whether the broker has put the encoding of an AMQP value in the place of the body, as it does
   * for numbers, arrays and the like (Artemis 2.56, {@code AmqpCoreConverter}). It marks all other
   * bodies of AMQP; a message without any mark has no id either, unlike those of JMS.
   */
  private static boolean isEncodedValue(ClientMessage message, ActiveMQBuffer buffer) {
    if (message.containsProperty(AMQP_ENCODING) || buffer.readableBytes() < AMQP_VALUE.length) {
      return false;
    }
    for (int i = 0; i < AMQP_VALUE.length; i++) {
      if (buffer.getByte(buffer.readerIndex() + i) != AMQP_VALUE[i]) {
        return false;
      }
    }
    return message.getUserID() == null
        || message.getPropertyNames().stream().anyMatch(name -> name.startsWith(AMQP));
  }

  private static MessageBody bytes(ActiveMQBuffer buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return MessageBody.ofBytes(bytes);
  }

  private static MessageBody map(ActiveMQBuffer buffer) throws JsonProcessingException {
    TypedProperties entries = new TypedProperties();
    if (buffer.readable()) {
      entries.decode(buffer.byteBuf());
    }
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    entries.forEach((name, value) -> sorted.put(name.toString(), jsonValue(value)));
    return MessageBody.ofUnchecked(JSON.writeValueAsString(sorted));
  }

  private static @Nullable Object jsonValue(@Nullable Object value) {
    if (value instanceof Double number && !Double.isFinite(number)
        || value instanceof Float single && !Float.isFinite(single)) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    if (value instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    return value instanceof Number || value instanceof Boolean || value == null
        ? value
        : value.toString(); // a text or a character
  }

  /** Why the body of a message cannot be read; null where a failure has another reason. */
  static @Nullable String problem(BrokerException failure) {
    return failure.getCause() instanceof ActiveMQException cause
            && cause.getType() == ActiveMQExceptionType.LARGE_MESSAGE_ERROR_BODY
        ? "the body cannot be read: " + cause.getMessage()
        : null;
  }
}

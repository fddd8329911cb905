package io.handfast.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.participant.Unicode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.utils.collections.TypedProperties;
import org.jspecify.annotations.Nullable;

/**
 * The body of a message in the form that sinks use: a text, bytes, or a reason why it is neither.
 *
 * @param text the text, bytes that are UTF-8, or a map as a JSON object; null for every other body
 * @param binary bytes that are not UTF-8; null for every other body
 * @param problem why the body cannot be used; null for a body that can, and where there is none
 */
public record MessageBody(
    @Nullable String text, byte @Nullable [] binary, @Nullable String problem) {

  /** A message that has no body at all. */
  public static final MessageBody NONE = new MessageBody(null, null, null);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final SimpleString AMQP = SimpleString.of("JMS_AMQP_");
  private static final SimpleString AMQP_ENCODING = SimpleString.of("JMS_AMQP_ORIGINAL_ENCODING");

  /** How the encoding of the section {@code amqp-value} begins: AMQP 1.0, 3.2.8. */
  private static final byte[] AMQP_VALUE = {0, 0x53, 0x77};

  public static MessageBody ofText(String text) {
    return new MessageBody(text, null, null);
  }

  /** A text from a client that checks no text. */
  private static MessageBody ofUnchecked(String text) {
    int half = Unicode.firstHalf(text);
    return half == 0
        ? ofText(text)
        : unusable("the text is not Unicode: character %d is half of a pair".formatted(half));
  }

  static MessageBody unusable(String problem) {
    return new MessageBody(null, null, problem);
  }

  /** Reads the body of a message as the session received it. */
  static MessageBody of(ClientMessage message) {
    try {
      ActiveMQBuffer buffer = message.getBodyBuffer();
      buffer.resetReaderIndex();
      MessageBody body =
          switch (message.getType()) {
            case Message.TEXT_TYPE -> text(buffer);
            case Message.BYTES_TYPE ->
                isEncodedValue(message, buffer)
                    ? unusable("an AMQP value that is no text, binary or map cannot be used")
                    : bytes(buffer);
            case Message.DEFAULT_TYPE -> buffer.readable() ? bytes(buffer) : NONE;
            case Message.MAP_TYPE -> map(buffer);
            case Message.STREAM_TYPE -> unusable("a StreamMessage has no body that can be used");
            case Message.OBJECT_TYPE -> unusable("an ObjectMessage has no body that can be used");
            default -> unusable("the body is of the unknown type " + message.getType());
          };
      buffer.resetReaderIndex();
      return body;
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | IllegalStateException
        | JsonProcessingException e) {
      return unusable("the body cannot be decoded: " + e.getMessage());
    }
  }

  private static MessageBody text(ActiveMQBuffer buffer) {
    SimpleString text = buffer.readable() ? buffer.readNullableSimpleString() : null;
    return text == null ? NONE : ofUnchecked(text.toString());
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

  /** Strict, since a replaced character would be committed as if it had been sent. */
  private static MessageBody bytes(ActiveMQBuffer buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    try {
      return ofText(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return new MessageBody(null, bytes, null);
    }
  }

  private static MessageBody map(ActiveMQBuffer buffer) throws JsonProcessingException {
    TypedProperties entries = new TypedProperties();
    if (buffer.readable()) {
      entries.decode(buffer.byteBuf());
    }
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    entries.forEach((name, value) -> sorted.put(name.toString(), jsonValue(value)));
    return ofUnchecked(JSON.writeValueAsString(sorted));
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
}

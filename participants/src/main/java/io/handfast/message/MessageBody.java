package io.handfast.message;

import io.handfast.participant.Unicode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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

  /** Stands for bytes that are no UTF-8, unless it was sent. */
  private static final char REPLACED = '\uFFFD';

  /** A message that has no body at all. */
  public static final MessageBody NONE = new MessageBody(null, null, null);

  /** A text that is known to be Unicode. */
  public static MessageBody ofText(String text) {
    return new MessageBody(text, null, null);
  }

  /** A text from a client that checks no text. */
  public static MessageBody ofUnchecked(String text) {
    int half = Unicode.firstHalf(text);
    return half == 0
        ? ofText(text)
        : unusable("the text is not Unicode: character %d is half of a pair".formatted(half));
  }

  /**
   * Bytes, which are a text where they are UTF-8. Strict, since a replaced character would be
   * committed as if it had been sent.
   */
  public static MessageBody ofBytes(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8); // several times as fast as a decoder
    if (text.indexOf(REPLACED) < 0) {
      return ofText(text);
    }
    try {
      return ofText(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return new MessageBody(null, bytes, null);
    }
  }

  /** Bytes that are no text, also where they could be one. */
  public static MessageBody ofOctets(byte[] bytes) {
    return new MessageBody(null, bytes, null);
  }

  /** The same body as bytes; as it is where it is none, or cannot be used. */
  public MessageBody octets() {
    return text == null ? this : ofOctets(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A body that cannot be used, and why. */
  public static MessageBody unusable(String problem) {
    return new MessageBody(null, null, problem);
  }
}

package io.handfast.message;

import io.handfast.participant.Sha256;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Derives an id that is equal for every copy of a message and valid everywhere, from the id that a
 * sender chose.
 *
 * <p>An id becomes a key of 512 characters in the inbox and a header of an HTTP request. PostgreSQL
 * refuses a zero character and HTTP a line break: a message with such an id would hold up its queue
 * for ever. Its hash stands for it.
 */
public final class StableId {

  private static final Pattern USED_AS_IT_IS = Pattern.compile("[!-~]([ -~]{0,510}[!-~])?");

  private StableId() {}

  /**
   * The text of an id.
   *
   * @param id a text, or the bytes that Artemis allows instead
   */
  public static String of(Object id) {
    if (id instanceof byte[] bytes) {
      return hash(bytes);
    }
    String text = String.valueOf(id);
    if (USED_AS_IT_IS.matcher(text).matches()) {
      return text;
    }
    ByteBuffer characters = ByteBuffer.allocate(text.length() * Character.BYTES);
    characters.asCharBuffer().put(text); // an encoder would make all lone surrogates equal
    return hash(characters.array());
  }

  private static String hash(byte[] id) {
    return "sha256:" + HexFormat.of().formatHex(Sha256.of(id));
  }
}

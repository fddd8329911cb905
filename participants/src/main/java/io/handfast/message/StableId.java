package io.handfast.message;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The text of an id that a sender chose, the same for every copy and fit for every place it goes
 * to.
 *
 * <p>An id becomes a key of 512 characters in the inbox and a header of an HTTP request. PostgreSQL
 * refuses a zero character and HTTP a line break: a message with such an id would hold up its queue
 * for ever. Its hash stands for it.
 */
final class StableId {

  private static final Pattern USED_AS_IT_IS = Pattern.compile("[!-~]([ -~]{0,510}[!-~])?");

  private StableId() {}

  /**
   * The text of an id.
   *
   * @param id a text, or the bytes that Artemis allows instead
   */
  static String of(Object id) {
    if (id instanceof byte[] bytes) {
      return "sha256:" + hash(bytes);
    }
    String text = String.valueOf(id);
    if (USED_AS_IT_IS.matcher(text).matches()) {
      return text;
    }
    ByteBuffer characters = ByteBuffer.allocate(text.length() * Character.BYTES);
    characters.asCharBuffer().put(text); // an encoder would make all lone surrogates equal
    return "sha256:" + hash(characters.array());
  }

  private static String hash(byte[] id) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(id));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

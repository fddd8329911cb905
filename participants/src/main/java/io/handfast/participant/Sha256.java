package io.handfast.participant;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Computes SHA-256 digests (FIPS 180-4). */
public final class Sha256 {

  private Sha256() {}

  /** The digest of a text's bytes, of 32 bytes. */
  public static byte[] of(byte[] text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

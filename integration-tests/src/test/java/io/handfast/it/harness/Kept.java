package io.handfast.it.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the test classes of this process share, until the process ends. JUnit's own store ends with
 * each class: Failsafe has each class executed for itself.
 */
final class Kept {
  private static final Map<String, AutoCloseable> KEPT = new LinkedHashMap<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Kept::closeAll));
  }

  private Kept() {}

  /** What is kept under that key, made where there is none. */
  static synchronized <T extends AutoCloseable> T get(
      String key, Class<T> type, Supplier<T> create) {
    T known = ifThere(key, type);
    if (known == null) {
      known = create.get();
      KEPT.put(key, known);
    }
    return known;
  }

  /** What is kept under that key, or null. */
  static synchronized <T extends AutoCloseable> T ifThere(String key, Class<T> type) {
    return type.cast(KEPT.get(key));
  }

  /** Closes what is kept under that key; who asks next gets another. */
  static synchronized void discard(String key) {
    AutoCloseable known = KEPT.remove(key);
    if (known != null) {
      close(known);
    }
  }

  private static synchronized void closeAll() {
    KEPT.values().forEach(Kept::close);
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.handfast.delivery;

import io.handfast.database.StatementTemplate;
import io.handfast.node.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * Counts failed attempts of messages that stay in their queue, and keeps the counts over restarts.
 *
 * <p>Most failed messages carry their count with them, on a copy. A message of a group must not be
 * overtaken, so it stays where it is and is counted here, in a small file that is committed with
 * each failure. What is suspected is kept beside it, in memory. Thread-safe.
 */
public final class Failures implements AutoCloseable {

  /** More than any delivery allows: not to be applied again at all. */
  private static final int DEAD_LETTERED = 1_000_000;

  /** More than any delivery allows as well: not to be applied again before it was deferred. */
  private static final int DEFERRED = 500_000;

  private static final char SEPARATOR = '\n';

  private final MVStore store;
  private final MVMap<String, String> causes;
  private final MVMap<String, Integer> counts;
  private final Map<String, SuspectMessages> suspects = new ConcurrentHashMap<>();

  /** Opens the file, creating it where there is none. */
  static Failures open(Path file) throws IOException {
    if (!Files.exists(file)) {
      create(file);
    }
    return new Failures(file);
  }

  /**
   * Completely or not at all: with half a header, after a power failure, it could not be opened.
   */
  private static void create(Path file) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    MVStore.open(next.toString()).close(); // which forces it
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    DurableFile.forceDirectoryOf(file);
  }

  /** Keeps nothing where there is no file. */
  Failures(@Nullable Path file) {
    this.store = MVStore.open(file == null ? null : file.toString());
    this.causes = store.openMap("causes");
    this.counts = store.openMap("counts");
  }

  /** Whether none has failed: then nothing needs to be asked for each message. */
  boolean isEmpty() {
    return counts.isEmpty();
  }

  /** How often a message of a delivery has failed while it stayed in its queue. */
  int count(String delivery, String messageId) {
    return isEmpty() ? 0 : counts.getOrDefault(key(delivery, messageId), 0);
  }

  /** Counts one more failure; it is durable when this returns. */
  synchronized void add(String delivery, String messageId, String cause) {
    set(delivery, messageId, count(delivery, messageId) + 1, cause);
  }

  /** Keeps how often a message has failed; it is durable when this returns. */
  synchronized void set(String delivery, String messageId, int count, String cause) {
    String key = key(delivery, messageId);
    counts.put(key, count);
    causes.put(key, cause);
    store.commit();
    store.sync();
  }

  /** Marks a message as one that must not be applied again, whatever its count. */
  void deadLetter(String delivery, String messageId, String cause) {
    mark(delivery, messageId, DEAD_LETTERED, cause);
  }

  /** Marks a message as one that has failed once more and is to be deferred. */
  void defer(String delivery, String messageId, String cause) {
    mark(delivery, messageId, DEFERRED, cause);
  }

  private synchronized void mark(String delivery, String messageId, int mark, String cause) {
    counts.put(key(delivery, messageId), mark);
    causes.put(key(delivery, messageId), cause);
    store.commit();
    store.sync();
  }

  boolean isCondemned(String delivery, String messageId) {
    return count(delivery, messageId) >= DEAD_LETTERED;
  }

  boolean isDeferred(String delivery, String messageId) {
    int count = count(delivery, messageId);
    return count >= DEFERRED && !isCondemned(delivery, messageId);
  }

  /** Whether a message is to be dead-lettered or deferred, so that its count says nothing. */
  boolean isMarked(String delivery, String messageId) {
    return count(delivery, messageId) >= DEFERRED;
  }

  /** The last cause of failure, or null. */
  @Nullable String cause(String delivery, String messageId) {
    return causes.get(key(delivery, messageId));
  }

  /** Forgets a message that has left its queue. */
  void remove(String delivery, String messageId) {
    if (!counts.isEmpty()) {
      counts.remove(key(delivery, messageId));
      causes.remove(key(delivery, messageId));
    }
  }

  /** Forgets all messages of a delivery. */
  synchronized void removeAll(String delivery) {
    for (String key : List.copyOf(counts.keySet())) { // the store's own key set cannot remove
      if (key.startsWith(delivery + SEPARATOR)) {
        counts.remove(key);
        causes.remove(key);
      }
    }
    store.commit();
  }

  /** What is known of messages that failed alone, as long as a delivery has these statements. */
  SuspectMessages suspects(String delivery, List<StatementTemplate> statements) {
    return suspects.compute(
        delivery,
        (name, known) ->
            known != null && known.areOf(statements) ? known : new SuspectMessages(statements));
  }

  @Override
  public void close() {
    store.close();
  }

  private static String key(String delivery, String messageId) {
    return delivery + SEPARATOR + messageId;
  }
}

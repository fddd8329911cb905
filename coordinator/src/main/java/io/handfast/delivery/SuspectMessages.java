package io.handfast.delivery;

import io.handfast.database.StatementTemplate;
import io.handfast.message.Message;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages that failed alone, where the message or the schema may be at fault.
 *
 * <p>Such a message is at fault once another one has gone through the same statements since it was
 * tried first. Until then none is: where a table or a right is missing all fail, and none may
 * become a dead letter for it. Kept in memory: a new process finds out anew. Thread-safe.
 */
final class SuspectMessages {

  /**
   * More than the consumers of a delivery can have in flight; the oldest is found out about anew.
   */
  private static final int MOST = 10_000;

  private final List<StatementTemplate> statements;
  private final Map<String, Long> firstTried =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };
  private long passages;

  SuspectMessages(List<StatementTemplate> statements) {
    this.statements = List.copyOf(statements);
  }

  /** Whether it is about these statements. */
  boolean areOf(List<StatementTemplate> others) {
    return statements.equals(others);
  }

  /** The present moment, counted in messages that went through. */
  synchronized long moment() {
    return passages;
  }

  /** Messages that were tried from a moment on have failed alone. */
  synchronized void failed(Collection<String> messageIds, long moment) {
    messageIds.forEach(id -> firstTried.putIfAbsent(id, moment));
  }

  /** Whether another message has gone through since this one was tried first. */
  synchronized boolean isAtFault(String messageId) {
    Long first = firstTried.get(messageId);
    return first != null && first < passages;
  }

  /** Messages were applied. */
  synchronized void wentThrough(Collection<Message> messages) {
    if (!messages.isEmpty()) {
      passages++;
    }
    if (!firstTried.isEmpty()) { // ids take time to build
      messages.forEach(message -> firstTried.remove(message.id()));
    }
  }

  /**
   * How many messages the next unit may take, so that others come along with those that failed and
   * show whose fault it is.
   */
  synchronized int widened(int limit) {
    int open = (int) firstTried.values().stream().filter(first -> first == passages).count();
    return Math.max(limit, Math.min(DeliverySpecification.LARGEST_BATCH, 2 * open));
  }
}

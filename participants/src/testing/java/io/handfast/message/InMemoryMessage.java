package io.handfast.message;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A message of a broker in memory.
 *
 * @param deliveries how often it was handed out, this time included
 */
public record InMemoryMessage(
    String id,
    long number,
    MessageBody content,
    Map<String, Object> headers,
    int failures,
    long sentAt,
    long expiration,
    boolean isPersistent,
    int deliveries)
    implements Message {

  private static final AtomicLong NUMBERS = new AtomicLong();

  /** A message in flight whose body is an empty object. */
  public static InMemoryMessage received(String id, Map<String, Object> headers) {
    return received(id, headers, false);
  }

  /** A message in flight, whether or not it had been delivered before. */
  public static InMemoryMessage received(
      String id, Map<String, Object> headers, boolean isRedelivered) {
    return new InMemoryMessage(
        id,
        NUMBERS.incrementAndGet(),
        MessageBody.ofText("{}"),
        headers,
        failures(headers),
        0,
        0,
        true,
        isRedelivered ? 2 : 1);
  }

  private static int failures(Map<String, Object> headers) {
    return headers.get(MessageHeaders.FAILURES) instanceof Number number ? number.intValue() : 0;
  }

  InMemoryMessage handedOut() {
    return new InMemoryMessage(
        id, number, content, headers, failures, sentAt, expiration, isPersistent, deliveries + 1);
  }

  /** What a copy of it is, when it has come into a queue. */
  InMemoryMessage copy(MessageCopy wanted, long copyNumber, long now) {
    MessageCopy.Kind kind = wanted.kind();
    Map<String, Object> all = new LinkedHashMap<>(headers);
    all.remove(MessageHeaders.BROKER_DUPLICATE_ID);
    if (!kind.isSameMessage()) {
      MessageHeaders.OF_THE_COPY.forEach(all::remove);
    } else if (!deduplicationId().equals(id)) {
      all.put(MessageHeaders.DUPLICATE_ID, deduplicationId());
    }
    if (kind == MessageCopy.Kind.REPLAY) {
      MessageHeaders.OF_THE_FAILURE.forEach(all::remove);
    }
    all.putAll(wanted.headers());
    boolean isKnown = kind.isSameMessage() && all.get(MessageHeaders.ID) instanceof String;
    String own = isKnown ? String.valueOf(all.get(MessageHeaders.ID)) : "copy:" + copyNumber;
    long expires = kind == MessageCopy.Kind.REPLAY ? 0 : expiration;
    return new InMemoryMessage(
        own,
        copyNumber,
        content,
        Collections.unmodifiableMap(all),
        kind.isSameMessage() ? failures(all) : 0,
        now,
        expires,
        kind.isKept() || isPersistent,
        0);
  }

  @Override
  public @Nullable Object header(String name) {
    return switch (name) {
      case "JMSMessageID" -> id;
      case "JMSTimestamp" -> sentAt;
      case "JMSExpiration" -> expiration;
      default -> headers.get(name);
    };
  }

  @Override
  public boolean isRedelivered() {
    return failures > 0 || deliveries > 1;
  }

  @Override
  public @Nullable String group() {
    return headers.get("JMSXGroupID") instanceof String group ? group : null;
  }

  @Override
  public String deduplicationId() {
    Object own = headers.get(MessageHeaders.BROKER_DUPLICATE_ID);
    Object original = headers.get(MessageHeaders.DUPLICATE_ID);
    return own != null ? own.toString() : original != null ? original.toString() : id;
  }

  /** Whether it is lost to its sender's expiry: one that is kept for Handfast never is. */
  boolean isExpired(long now) {
    return expiration != 0 && failures == 0 && now >= expiration;
  }
}

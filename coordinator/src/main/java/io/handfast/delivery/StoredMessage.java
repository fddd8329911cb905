package io.handfast.delivery;

import io.handfast.database.DeadLetterTable.Letter;
import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import io.handfast.message.MessageHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message that was leased, as the table of dead letters has it: nothing holds it any more. */
record StoredMessage(Letter letter) implements Message {

  /** The headers of a message to store, with what its source says of it. */
  static Map<String, Object> headersOf(Message message) {
    Map<String, Object> headers = new LinkedHashMap<>(message.headers());
    for (String name : MessageHeaders.OF_LEASES) {
      Object value = message.header(name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    headers.put(MessageHeaders.DUPLICATE_ID, message.deduplicationId());
    return headers;
  }

  @Override
  public String id() {
    return letter.origin().messageId();
  }

  @Override
  public long number() {
    return 0;
  }

  @Override
  public MessageBody content() {
    return letter.body();
  }

  @Override
  public Map<String, Object> headers() {
    return letter.headers();
  }

  @Override
  public @Nullable Object header(String name) {
    return name.equals("JMSMessageID") ? id() : letter.headers().get(name);
  }

  @Override
  public int failures() {
    return letter.failure().failures();
  }

  @Override
  public long sentAt() {
    return 0;
  }

  @Override
  public long expiration() {
    return 0;
  }

  @Override
  public boolean isPersistent() {
    return true;
  }

  @Override
  public boolean isRedelivered() {
    return true;
  }

  @Override
  public @Nullable String group() {
    return null;
  }

  @Override
  public String deduplicationId() {
    return String.valueOf(letter.headers().getOrDefault(MessageHeaders.DUPLICATE_ID, id()));
  }
}

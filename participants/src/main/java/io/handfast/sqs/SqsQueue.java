package io.handfast.sqs;

import io.handfast.message.BrokerException;
import io.handfast.message.Refusal;
import io.handfast.message.Source.Key;
import io.handfast.message.TargetRefusedException;
import java.util.Map;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * A queue that a session consumes from.
 *
 * @param url by which SQS knows it
 * @param name by which people know it
 * @param key what tells its messages apart
 * @param isKeyOfGroup whether that key is one within a message group
 */
record SqsQueue(String url, String name, Key key, boolean isKeyOfGroup) {

  private static final String ORDERED = ".fifo";

  /** SQS gives these names, and no others, to queues that keep an order. */
  static boolean isOrdered(String name) {
    return name.endsWith(ORDERED);
  }

  boolean isOrdered() {
    return isOrdered(name);
  }

  /**
   * Sees that a key tells the messages of a queue apart.
   *
   * @throws TargetRefusedException it does not
   * @throws BrokerException the queue's attributes cannot be read
   */
  static SqsQueue of(String url, String name, Key key, SqsCalls calls) throws BrokerException {
    if (key == Key.MESSAGE_ID) {
      return new SqsQueue(url, name, key, false);
    }
    if (!isOrdered(name)) {
      throw new TargetRefusedException(
          name, "a FIFO queue under this key: messages of others have no deduplication id");
    }
    Map<QueueAttributeName, String> attributes = calls.attributes(url, name);
    boolean isOfContent =
        Boolean.parseBoolean(attributes.get(QueueAttributeName.CONTENT_BASED_DEDUPLICATION));
    if (isOfContent && key == Key.DEDUPLICATION_ID) {
      String rule =
          "a queue without content-based deduplication under \"key\": \"deduplication-id\": two equal bodies may be two events, and the second would be skipped; use the key message-id, or \"key\": \"content\" to confirm that equal bodies are one";
      throw new BrokerException(
          "'%s' must be %s".formatted(name, rule),
          null,
          new Refusal(Refusal.Part.DESTINATION, rule));
    }
    boolean isOfGroup =
        "messageGroup".equals(attributes.get(QueueAttributeName.DEDUPLICATION_SCOPE));
    return new SqsQueue(url, name, key, isOfGroup);
  }
}

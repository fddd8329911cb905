package io.handfast.message;

import java.time.Duration;
import java.util.Map;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.reader.MessageUtil;
import org.apache.activemq.artemis.utils.UUIDGenerator;

/**
 * A copy of a received message, to be sent: made of the broker's own message, property by property
 * and byte by byte, so that names and types which JMS does not allow pass.
 *
 * @param original the message
 * @param kind what the copy is for
 * @param headers properties to add, or to change
 * @param delay how long the broker holds the copy back
 */
public record MessageCopy(
    ReceivedMessage original, Kind kind, Map<String, ?> headers, Duration delay) {

  /**
   * Artemis' client refuses more before a large body (2.53, {@code minLargeMessageSize}), and a
   * broker more than fits into its journal's buffer, but only when the transaction is prepared.
   */
  private static final int MOST_PROPERTIES = 100 * 1024;

  /**
   * The end of the year 9999, for copies that do not expire: the broker gives a message without an
   * expiry the {@code expiry-delay} of its address, and leaves one that has an expiry alone.
   */
  static final long NEVER = 253_402_300_799_000L;

  /** What a copy is for, which decides what of the message it keeps. */
  public enum Kind {
    /** The message again, later: it does not expire meanwhile, but remembers when it would have. */
    RETRY(true, true),
    /** The message, put away for people: it does not expire. */
    DEAD_LETTER(true, true),
    /** The message, back where it came from as if it had not failed: it does not expire. */
    REPLAY(true, true),
    /** The message as it is, into a queue that it was taken from. */
    RETURN(true, false),
    /** A new message with the content of this one: it expires when this one would. */
    FORWARD(false, false);

    private final boolean isSameMessage;
    private final boolean isKept;

    Kind(boolean isSameMessage, boolean isKept) {
      this.isSameMessage = isSameMessage;
      this.isKept = isKept;
    }
  }

  /** A copy that is sent at once. */
  public MessageCopy(ReceivedMessage original, Kind kind, Map<String, ?> headers) {
    this(original, kind, headers, Duration.ZERO);
  }

  /** Whether the copy stays until Handfast or a person takes it. */
  boolean isKept() {
    return kind.isKept;
  }

  /**
   * Makes the copy.
   *
   * @param givesExpiry whether the broker lets messages without an expiry expire
   */
  ClientMessage build(ClientSession session, long now, boolean givesExpiry)
      throws UnusableMessageException {
    ClientMessage source = original.core();
    ClientMessage copy =
        session.createMessage(
            source.getType(),
            kind.isKept || source.isDurable(),
            expiration(givesExpiry),
            now,
            source.getPriority());
    copy.setUserID(UUIDGenerator.getInstance().generateUUID());
    copyBody(source, copy);
    boolean isOfHandfast = ReceivedMessage.isCopy(source);
    boolean isLeftAsItIs = kind == Kind.RETURN && headers.isEmpty();
    copyProperties(source, copy, isOfHandfast || isLeftAsItIs);
    headers.forEach((name, value) -> MessageUtil.setObjectProperty(copy, name, value));
    if (kind.isSameMessage && (isOfHandfast || !headers.isEmpty())) {
      copy.putStringProperty(MessageHeaders.COPY, ReceivedMessage.idOf(copy));
    }
    if (!delay.isZero()) {
      copy.putLongProperty(Message.HDR_SCHEDULED_DELIVERY_TIME, now + delay.toMillis());
    }
    int size = copy.getHeadersAndPropertiesEncodeSize();
    if (size > MOST_PROPERTIES) {
      throw new UnusableMessageException(
          source.getMessageID(),
          "its properties are %d bytes, more than the %d that can be copied"
              .formatted(size, MOST_PROPERTIES));
    }
    return copy;
  }

  private long expiration(boolean givesExpiry) {
    if (kind.isKept) {
      return givesExpiry ? NEVER : 0;
    }
    return original.expiration();
  }

  private static void copyBody(ClientMessage source, ClientMessage copy) {
    ActiveMQBuffer body = source.getBodyBuffer();
    body.resetReaderIndex();
    copy.getBodyBuffer().writeBytes(body, body.readableBytes());
    body.resetReaderIndex();
  }

  /** What a client has set as if Handfast had is not to be believed from now on. */
  private void copyProperties(ClientMessage source, ClientMessage copy, boolean isBelieved) {
    for (SimpleString name : source.getPropertyNames()) {
      String text = name.toString();
      if (CopiedProperties.isCopied(text, kind.isSameMessage)
          && (isBelieved || !MessageHeaders.OF_THE_COPY.contains(text))) {
        copy.putObjectProperty(name, source.getObjectProperty(name));
      }
    }
    if (kind == Kind.REPLAY) {
      MessageHeaders.OF_THE_FAILURE.forEach(copy::removeProperty);
    } else if (kind.isSameMessage) {
      rememberWhatIsNotCopied(source, copy);
    }
  }

  private void rememberWhatIsNotCopied(ClientMessage source, ClientMessage copy) {
    Object duplicateId = source.getObjectProperty(Message.HDR_DUPLICATE_DETECTION_ID);
    if (duplicateId != null) {
      copy.putStringProperty(MessageHeaders.DUPLICATE_ID, StableId.of(duplicateId));
    }
    if (kind.isKept && original.expiration() != 0) {
      copy.putLongProperty(MessageHeaders.EXPIRATION, original.expiration());
    }
  }
}

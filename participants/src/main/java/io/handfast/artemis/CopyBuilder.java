package io.handfast.artemis;

import io.handfast.message.MessageCopy;
import io.handfast.message.MessageCopy.Kind;
import io.handfast.message.MessageHeaders;
import io.handfast.message.StableId;
import io.handfast.message.UnusableMessageException;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.reader.MessageUtil;
import org.apache.activemq.artemis.utils.UUIDGenerator;

/**
 * Makes copies of received messages from the broker's own messages, property by property and byte
 * by byte, so that names and types which JMS does not allow pass.
 *
 * @param session makes messages
 * @param now the present moment, in milliseconds since 1970
 * @param givesExpiry whether the broker lets messages without an expiry expire
 */
record CopyBuilder(ClientSession session, long now, boolean givesExpiry) {

  /**
   * Artemis' client refuses more before a large body (2.53 to 2.56, {@code minLargeMessageSize}),
   * and a broker more than fits into its journal's buffer, but only when the transaction is
   * prepared.
   */
  private static final int MOST_PROPERTIES = 100 * 1024;

  /**
   * The end of the year 9999, for copies that do not expire: the broker gives a message without an
   * expiry the {@code expiry-delay} of its address, and leaves one that has an expiry alone.
   */
  static final long NEVER = 253_402_300_799_000L;

  /** Makes the copy, or the message of a queue that one of another kind of source becomes. */
  ClientMessage build(MessageCopy wanted) throws UnusableMessageException {
    ClientMessage copy =
        wanted.original() instanceof ArtemisMessage original
            ? copyOf(original, wanted)
            : new ForeignMessage(wanted.original()).forwarded(session, wanted, now);
    int size = copy.getHeadersAndPropertiesEncodeSize();
    if (size > MOST_PROPERTIES) {
      throw new UnusableMessageException(
          wanted.original().number(),
          "its properties are %d bytes, more than the %d that can be copied"
              .formatted(size, MOST_PROPERTIES));
    }
    return copy;
  }

  private ClientMessage copyOf(ArtemisMessage original, MessageCopy wanted) {
    ClientMessage source = original.core();
    Kind kind = wanted.kind();
    ClientMessage copy =
        session.createMessage(
            source.getType(),
            kind.isKept() || source.isDurable(),
            kind.isKept() ? keptExpiration() : original.expiration(),
            now,
            source.getPriority());
    copy.setUserID(UUIDGenerator.getInstance().generateUUID());
    copyBody(source, copy);
    boolean isOfHandfast = ArtemisMessage.isCopy(source);
    boolean isLeftAsItIs = kind == Kind.RETURN && wanted.headers().isEmpty();
    copyProperties(original, copy, kind, isOfHandfast || isLeftAsItIs);
    wanted.headers().forEach((name, value) -> MessageUtil.setObjectProperty(copy, name, value));
    if (kind.isSameMessage() && (isOfHandfast || !wanted.headers().isEmpty())) {
      copy.putStringProperty(MessageHeaders.COPY, ArtemisMessage.idOf(copy));
    }
    if (!wanted.delay().isZero()) {
      copy.putLongProperty(Message.HDR_SCHEDULED_DELIVERY_TIME, now + wanted.delay().toMillis());
    }
    return copy;
  }

  private long keptExpiration() {
    return givesExpiry ? NEVER : 0;
  }

  private static void copyBody(ClientMessage source, ClientMessage copy) {
    ActiveMQBuffer body = source.getBodyBuffer();
    body.resetReaderIndex();
    copy.getBodyBuffer().writeBytes(body, body.readableBytes());
    body.resetReaderIndex();
  }

  /** What a client has set as if Handfast had is not to be believed from now on. */
  private static void copyProperties(
      ArtemisMessage original, ClientMessage copy, Kind kind, boolean isBelieved) {
    ClientMessage source = original.core();
    for (SimpleString name : source.getPropertyNames()) {
      String text = name.toString();
      if (CopiedProperties.isCopied(text, kind.isSameMessage())
          && (isBelieved || !MessageHeaders.OF_THE_COPY.contains(text))) {
        copy.putObjectProperty(name, source.getObjectProperty(name));
      }
    }
    if (kind == Kind.REPLAY) {
      MessageHeaders.OF_THE_FAILURE.forEach(copy::removeProperty);
    } else if (kind.isSameMessage()) {
      rememberWhatIsNotCopied(original, copy, kind);
    }
  }

  private static void rememberWhatIsNotCopied(
      ArtemisMessage original, ClientMessage copy, Kind kind) {
    Object duplicateId = original.core().getObjectProperty(Message.HDR_DUPLICATE_DETECTION_ID);
    if (duplicateId != null) {
      copy.putStringProperty(MessageHeaders.DUPLICATE_ID, StableId.of(duplicateId));
    }
    if (kind.isKept() && original.expiration() != 0) {
      copy.putLongProperty(MessageHeaders.EXPIRATION, original.expiration());
    }
  }
}

package io.handfast.artemis;

import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import io.handfast.message.MessageCopy;
import io.handfast.message.MessageCopy.Kind;
import io.handfast.message.MessageHeaders;
import java.math.BigDecimal;
import java.util.List;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.reader.MessageUtil;
import org.apache.activemq.artemis.reader.TextMessageUtil;
import org.apache.activemq.artemis.utils.UUIDGenerator;

/**
 * A message of another kind of source, such as a record of Kafka or a message of SQS, that becomes
 * a new message of a queue.
 *
 * @param original the message
 */
record ForeignMessage(Message original) {

  /** JMS' own. */
  private static final byte DEFAULT_PRIORITY = 4;

  /** How the names begin that a broker or Handfast gives a meaning to: the sender meant none. */
  private static final List<String> RESERVED =
      List.of("JMS", "_AMQ", "__AMQ", "__HDR", "NATIVE_MESSAGE_ID", MessageHeaders.PREFIX);

  /** Makes the message, which is persistent and does not expire. */
  ClientMessage forwarded(ClientSession session, MessageCopy wanted, long now) {
    if (wanted.kind() != Kind.FORWARD) {
      throw new IllegalArgumentException("not a message of this broker: " + original.id());
    }
    MessageBody body = original.content();
    ClientMessage made =
        session.createMessage(
            body.binary() != null
                ? org.apache.activemq.artemis.api.core.Message.BYTES_TYPE
                : org.apache.activemq.artemis.api.core.Message.TEXT_TYPE,
            original.isPersistent(),
            0,
            now,
            DEFAULT_PRIORITY);
    made.setUserID(UUIDGenerator.getInstance().generateUUID());
    if (body.binary() != null) {
      made.getBodyBuffer().writeBytes(body.binary());
    } else {
      TextMessageUtil.writeBodyText(made.getBodyBuffer(), SimpleString.of(body.text()));
    }
    original
        .headers()
        .forEach(
            (name, value) -> {
              if (isOfTheSender(name)) {
                made.putObjectProperty(SimpleString.of(identifier(name)), property(value));
              }
            });
    MessageHeaders.ofOrigin(original)
        .forEach((name, value) -> made.putObjectProperty(SimpleString.of(name), value));
    wanted.headers().forEach((name, value) -> MessageUtil.setObjectProperty(made, name, value));
    return made;
  }

  /** What a dead letter keeps of the source it came from is under names of Handfast's. */
  private boolean isOfTheSender(String name) {
    return RESERVED.stream().noneMatch(name::startsWith)
        && (original.place() != null || !MessageHeaders.OF_LEASES.contains(name));
  }

  /** A number that no property can be goes on as its digits, which JMS reads as a number too. */
  static Object property(Object value) {
    return value instanceof BigDecimal number ? number.toPlainString() : value;
  }

  /**
   * A name that JMS lets be read and selected by. A dot and a hyphen are written as Apache Camel
   * writes them, and every other character that no identifier has as its number.
   */
  static String identifier(String name) {
    StringBuilder identifier = new StringBuilder();
    if (name.isEmpty() || !Character.isJavaIdentifierStart(name.codePointAt(0))) {
      identifier.append('_');
    }
    name.codePoints()
        .forEach(
            one -> {
              if (one == '-') {
                identifier.append("_HYPHEN_");
              } else if (one == '.') {
                identifier.append("_DOT_");
              } else if (Character.isJavaIdentifierPart(one)
                  && !Character.isIdentifierIgnorable(one)) {
                identifier.appendCodePoint(one);
              } else {
                identifier.append("_x%X_".formatted(one));
              }
            });
    return identifier.toString();
  }
}

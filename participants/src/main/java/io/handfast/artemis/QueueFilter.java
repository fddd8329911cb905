package io.handfast.artemis;

import org.apache.activemq.artemis.api.core.FilterConstants;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.selector.filter.BooleanExpression;
import org.apache.activemq.artemis.selector.filter.FilterException;
import org.apache.activemq.artemis.selector.filter.Filterable;
import org.apache.activemq.artemis.selector.impl.SelectorParser;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the filter of a queue as the broker does for a message that is sent there: one that
 * does not match is dropped without an error (Artemis 2.56, {@code BindingsImpl.route}).
 *
 * @param text the filter in the broker's words
 */
record QueueFilter(String text) {

  /** Whether the queue takes a message. */
  boolean takes(ClientMessage message) {
    try {
      BooleanExpression expression = SelectorParser.parse(text);
      return expression.matches(new Sent(message));
    } catch (FilterException e) {
      return false;
    }
  }

  /** What the broker's {@code FilterImpl} finds in a message. */
  private record Sent(ClientMessage message) implements Filterable {

    @Override
    public @Nullable <T> T getBodyAs(Class<T> type) {
      return null;
    }

    @Override
    public @Nullable Object getLocalConnectionId() {
      return null;
    }

    @Override
    public @Nullable Object getProperty(SimpleString name) {
      Object value = header(name);
      if (value == null) {
        value = message.getObjectProperty(name);
      }
      return value instanceof SimpleString text ? text.toString() : value;
    }

    private @Nullable Object header(SimpleString name) {
      if (FilterConstants.ACTIVEMQ_USERID.equals(name)) {
        return ArtemisMessage.idOf(message);
      } else if (FilterConstants.ACTIVEMQ_PRIORITY.equals(name)) {
        return (int) message.getPriority();
      } else if (FilterConstants.ACTIVEMQ_TIMESTAMP.equals(name)) {
        return message.getTimestamp();
      } else if (FilterConstants.ACTIVEMQ_DURABLE.equals(name)) {
        return message.isDurable() ? FilterConstants.DURABLE : FilterConstants.NON_DURABLE;
      } else if (FilterConstants.ACTIVEMQ_EXPIRATION.equals(name)) {
        return message.getExpiration();
      } else if (FilterConstants.ACTIVEMQ_SIZE.equals(name)) {
        return message.getEncodeSize();
      }
      return FilterConstants.ACTIVEMQ_GROUP_ID.equals(name) ? message.getGroupID() : null;
    }
  }
}

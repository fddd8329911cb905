package io.handfast.artemis;

import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.MessageHeaders;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.jspecify.annotations.Nullable;

/** Reads the messages of a queue without consuming them. */
final class QueueBrowser {

  private QueueBrowser() {}

  static List<Message> first(ClientSession session, String queue, int max) throws BrokerException {
    List<Message> messages = first(session, queue, null, max);
    if (messages.size() < max) {
      Set<Long> shown = new HashSet<>();
      messages.forEach(message -> shown.add(message.number()));
      String ours = MessageHeaders.SOURCE + " IS NOT NULL";
      for (Message message : first(session, queue, ours, max)) {
        if (messages.size() < max && shown.add(message.number())) {
          messages.add(message);
        }
      }
    }
    return messages;
  }

  private static List<Message> first(
      ClientSession session, String queue, @Nullable String filter, int max)
      throws BrokerException {
    List<Message> messages = new ArrayList<>();
    ClientConsumer browser = CoreCalls.call(() -> session.createConsumer(queue, filter, true));
    try {
      ClientMessage next = CoreCalls.call(browser::receiveImmediate);
      while (next != null && messages.size() < max) {
        messages.add(read(next));
        next = CoreCalls.call(browser::receiveImmediate);
      }
    } finally {
      CoreCalls.run(browser::close);
    }
    return messages;
  }

  /** One whose body cannot be read is shown without it: the others must not be hidden. */
  private static ArtemisMessage read(ClientMessage message) throws BrokerException {
    try {
      return CoreCalls.call(() -> ArtemisMessage.of(message, null));
    } catch (BrokerException e) {
      String problem = BodyReader.problem(e);
      if (problem == null) {
        throw e;
      }
      return ArtemisMessage.unreadable(message, problem);
    }
  }
}

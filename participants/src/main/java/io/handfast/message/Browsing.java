package io.handfast.message;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.jspecify.annotations.Nullable;

/** Looks at the messages of a queue and takes none of them. */
final class Browsing {

  private Browsing() {}

  static List<ReceivedMessage> first(ClientSession session, String queue, int max)
      throws BrokerException {
    List<ReceivedMessage> messages = first(session, queue, null, max);
    if (messages.size() < max) {
      Set<Long> shown = new HashSet<>();
      messages.forEach(message -> shown.add(message.core().getMessageID()));
      String ours = MessageHeaders.SOURCE + " IS NOT NULL";
      for (ReceivedMessage message : first(session, queue, ours, max)) {
        if (messages.size() < max && shown.add(message.core().getMessageID())) {
          messages.add(message);
        }
      }
    }
    return messages;
  }

  private static List<ReceivedMessage> first(
      ClientSession session, String queue, @Nullable String filter, int max)
      throws BrokerException {
    List<ReceivedMessage> messages = new ArrayList<>();
    ClientConsumer browser = Core.call(() -> session.createConsumer(queue, filter, true));
    try {
      ClientMessage next = Core.call(browser::receiveImmediate);
      while (next != null && messages.size() < max) {
        messages.add(read(next));
        next = Core.call(browser::receiveImmediate);
      }
    } finally {
      Core.run(browser::close);
    }
    return messages;
  }

  /** One whose body cannot be read is shown without it: the others must not be hidden. */
  private static ReceivedMessage read(ClientMessage message) throws BrokerException {
    try {
      return Core.call(() -> ReceivedMessage.of(message, null));
    } catch (BrokerException e) {
      String problem = UnusableMessageException.bodyProblem(e);
      if (problem == null) {
        throw e;
      }
      return ReceivedMessage.unreadable(message, problem);
    }
  }
}

package io.handfast.live;

import io.handfast.message.BrokerManagement;
import io.handfast.message.QueueState;
import io.handfast.node.Participants;
import jakarta.jms.JMSException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many messages wait in sources, asked over one connection that is kept.
 *
 * <p>Asked by one thread, which a broker that is away may hold up; read by any.
 */
final class Backlogs implements AutoCloseable {

  private final Participants participants;
  private volatile Map<String, Long> known = Map.of();
  private @Nullable BrokerManagement connection;

  Backlogs(Participants participants) {
    this.participants = participants;
  }

  /** What was found last; null where it is not known now. */
  @Nullable Long of(String queue) {
    return known.get(queue);
  }

  /** Asks the broker. Nothing is known while it does not answer. */
  void ask(Collection<String> queues) {
    try {
      BrokerManagement management = connection;
      if (management == null) {
        management = participants.broker().openManagement();
        connection = management;
      }
      Map<String, Long> found = new HashMap<>();
      for (String queue : queues) {
        found.put(queue, management.queue(queue).orElse(QueueState.ABSENT).messages());
      }
      known = Map.copyOf(found);
    } catch (JMSException | RuntimeException e) {
      close();
    }
  }

  @Override
  public void close() {
    known = Map.of();
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}

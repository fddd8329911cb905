package io.handfast.queue;

import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.QueueState;
import io.handfast.node.Participants;
import io.handfast.transaction.ErrorText;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * How many messages wait in the sources and dead-letter queues of all deliveries, asked in the
 * background, every few seconds, over one connection that is kept.
 *
 * <p>Asking may be held up by a broker that does not answer; reading never is. Thread-safe.
 */
@Singleton
public class QueueDepths {

  private static final Logger LOG = Logger.getLogger(QueueDepths.class);

  private final Participants participants;
  private volatile Map<String, Long> known = Map.of();
  private volatile Map<String, Long> elsewhere = Map.of();
  private volatile @Nullable BrokerAdministration connection;
  private boolean isTold;
  private volatile boolean isStopped;

  public QueueDepths(Participants participants) {
    this.participants = participants;
  }

  /** What was found last; null where it is not known now. */
  public @Nullable Long of(String queue) {
    Long ofBroker = known.get(queue);
    return ofBroker == null ? elsewhere.get(queue) : ofBroker;
  }

  /** What others than the broker say of theirs, by name, in the place of what they said before. */
  public void learn(Map<String, Long> depths) {
    elsewhere = Map.copyOf(depths);
  }

  /** Asks the broker about these queues now. Nothing is known while it does not answer. */
  public synchronized void ask(Collection<String> queues) {
    if (isStopped) {
      return;
    }
    try {
      Map<String, Long> found = new HashMap<>();
      for (String queue : queues) {
        found.put(queue, management().queue(queue).orElse(QueueState.ABSENT).messages());
      }
      known = Map.copyOf(found);
      isTold = false;
    } catch (BrokerException | RuntimeException e) {
      disconnect();
      String cause = ErrorText.readable(e);
      if (e instanceof BrokerAccessException && !isTold) { // an outage recovery tells of
        isTold = true;
        LOG.warnf(
            "queue depths not known: %s; it needs a user with the permission 'manage' on the address activemq.management; asking again every few seconds",
            cause);
      } else {
        LOG.debugf("queue depths not known: %s; asking again in a few seconds", cause);
      }
    }
  }

  private BrokerAdministration management() throws BrokerException {
    BrokerAdministration management = connection;
    if (management == null) {
      management = participants.broker().openAdministration();
      connection = management;
    }
    if (isStopped) { // while it was opened
      disconnect();
      throw new BrokerException("the process stops");
    }
    return management;
  }

  private void disconnect() {
    known = Map.of();
    BrokerAdministration open = connection;
    if (open != null) {
      open.close();
      connection = null;
    }
  }

  /**
   * Ends the asking and closes the connection, which ends a question under way. An embedded broker
   * that stops before its clients logs errors about their queues for replies (Artemis 2.53 to
   * 2.56).
   */
  public void stop() {
    isStopped = true;
    BrokerAdministration open = connection;
    if (open != null) {
      open.close();
    }
  }
}

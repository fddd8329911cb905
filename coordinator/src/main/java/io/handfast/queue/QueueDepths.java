package io.handfast.queue;

import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.QueueState;
import io.handfast.node.Participants;
import io.handfast.transaction.ErrorText;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
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
  private volatile Elsewhere elsewhere = new Elsewhere();
  private volatile @Nullable BrokerAdministration connection;
  private boolean isTold;
  private volatile boolean isStopped;

  public QueueDepths(Participants participants) {
    this.participants = participants;
  }

  /** What was found last; null where it is not known now. */
  public @Nullable Long of(String queue) {
    Long ofBroker = known.get(queue);
    return ofBroker == null ? elsewhere.depth(queue) : ofBroker;
  }

  /**
   * How far each partition of a source is behind, by number, as it was found last; null for one
   * whose position is not known, and empty where nothing is known now.
   */
  public SortedMap<Integer, @Nullable Long> lags(String source) {
    return elsewhere.lags(source);
  }

  /** What others than the broker say of theirs, in the place of what they said before. */
  public void learn(Elsewhere depths) {
    elsewhere = depths;
  }

  /**
   * What others than the broker hold. Filled by one thread, and not changed once it is learned.
   *
   * @param deadLetters in tables, by the name that the deliveries have for them
   * @param queues messages of queues, by the names of sources
   * @param lags of partitions, by the name of their source and by number
   */
  public record Elsewhere(
      Map<String, Long> deadLetters,
      Map<String, Long> queues,
      Map<String, SortedMap<Integer, @Nullable Long>> lags) {

    /** Nothing is known yet. */
    public Elsewhere() {
      this(new HashMap<>(), new HashMap<>(), new HashMap<>());
    }

    /** The sum of a source's partitions; null while one of them is not known. */
    @Nullable Long depth(String name) {
      SortedMap<Integer, @Nullable Long> ofSource = lags(name);
      if (ofSource.isEmpty()) {
        return deadLetters.getOrDefault(name, queues.get(name));
      }
      long sum = 0;
      for (Long lag : ofSource.values()) {
        if (lag == null) {
          return null;
        }
        sum += lag;
      }
      return sum;
    }

    SortedMap<Integer, @Nullable Long> lags(String source) {
      return lags.getOrDefault(source, Collections.emptySortedMap());
    }
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

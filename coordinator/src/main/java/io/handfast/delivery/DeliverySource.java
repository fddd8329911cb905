package io.handfast.delivery;

import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.MessageHeaders;
import io.handfast.message.Prefetch;
import io.handfast.message.QueueState;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.message.UnusableMessageException;
import io.handfast.node.Participants;
import io.handfast.queue.QueueDepths;
import io.handfast.transaction.ErrorText;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The steps at a delivery's source outside its units, each on a connection of its own. Thread-safe.
 *
 * @param delivery the delivery's name
 */
record DeliverySource(
    String delivery, DeliverySpecification specification, Participants participants) {

  private static final Logger LOG = Logger.getLogger(DeliverySource.class);

  /** How many messages it holds, those in flight included. */
  long messages() throws BrokerException {
    if (specification.isLeased()) {
      Source source = specification.source();
      return participants.sources().of(source).leasedQueue(source.name()).messages();
    }
    try (BrokerAdministration management = participants.broker().openAdministration()) {
      String queue = specification.source().queueName();
      return management.queue(queue).orElse(QueueState.ABSENT).messages();
    }
  }

  /** How far the partitions of its topic are applied. */
  PartitionPositions positions() {
    return new PartitionPositions(delivery, specification, participants);
  }

  /** The dead letters that are in a table. */
  StoredDeadLetters deadLetters() {
    return new StoredDeadLetters(delivery, specification, participants);
  }

  /** Adds how much its source holds, and how many dead letters it has in a table. */
  void addDepthsTo(QueueDepths.Elsewhere depths) throws BrokerException, SQLException {
    depths.deadLetters().put(specification.deadLetter(), deadLetters().count());
    if (specification.isLeased()) {
      depths.queues().put(specification.source().queueName(), messages());
      return;
    }
    SortedMap<Integer, @Nullable Long> lags = new TreeMap<>();
    for (PartitionPositions.State state : positions().states()) {
      lags.put(state.partition().number(), state.lag());
    }
    depths.lags().put(specification.source().queueName(), lags);
  }

  /** Removes the durable subscription of a topic, with its messages. */
  void removeSubscription() throws BrokerException {
    String subscription = Objects.requireNonNull(specification.source().subscription());
    try (SourceSession session = participants.broker().openLocal(Prefetch.ON_DEMAND)) {
      session.unsubscribe(subscription);
    }
  }

  /**
   * Sends messages back to their source that were acknowledged and not applied. Each for itself:
   * one that cannot be copied must not take the others along.
   */
  void giveBack(List<Message> orphans) {
    if (!specification.isOfBroker()) {
      tellLost(orphans.size(), "a source of this kind takes no messages back");
      return;
    }
    String queue = specification.source().ownQueue();
    int lost = orphans.size();
    String cause = "";
    try (SourceSession session = participants.broker().openLocal(Prefetch.BUFFERED)) {
      int sent = 0;
      for (Message orphan : orphans) {
        try {
          Map<String, Object> identity =
              Map.of(MessageHeaders.ID, orphan.id(), MessageHeaders.SOURCE, queue);
          session.send(queue, new MessageCopy(orphan, MessageCopy.Kind.RETURN, identity));
          sent++;
        } catch (BrokerException | RuntimeException e) {
          cause = ErrorText.readable(e);
        }
      }
      session.commit();
      lost -= sent;
    } catch (BrokerException | RuntimeException e) {
      cause = ErrorText.readable(e);
    }
    if (lost > 0) {
      tellLost(lost, cause);
    }
  }

  private void tellLost(int count, String cause) {
    LOG.warnf(
        "messages lost delivery=%s count=%d: acknowledged, not applied, and not given back (%s); this is what at-most-once allows",
        delivery, count, cause);
  }

  /**
   * Has the broker move a message to the dead letters that can be neither read nor copied here.
   *
   * @return whether it was moved
   */
  boolean moveAside(UnusableMessageException unusable) {
    String from = specification.source().queueName();
    String to = specification.deadLetter();
    try (BrokerAdministration management = participants.broker().openAdministration()) {
      Optional<Long> moved = management.moveUnusable(from, unusable.messageId(), to);
      moved.ifPresent(
          message ->
              LOG.warnf(
                  "message moved by the broker delivery=%s queue=%s message=%d to=%s: %s; it can be neither read nor copied, look at it there",
                  delivery, from, message, to, unusable.getMessage()));
      return moved.isPresent();
    } catch (BrokerException e) {
      LOG.warnf(
          "message not moved delivery=%s queue=%s: %s, and the broker does not move it (%s); it holds the others up until it is moved manually, or this user has the permission 'manage'",
          delivery, from, unusable.getMessage(), e.getMessage());
      return false;
    }
  }
}

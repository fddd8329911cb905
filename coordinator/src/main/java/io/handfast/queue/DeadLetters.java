package io.handfast.queue;

import io.handfast.input.BrokerName;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.MessageHeaders;
import io.handfast.message.Prefetch;
import io.handfast.message.QueueState;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at messages that could not be applied, and sends them back to where they came from.
 *
 * <p>A replay is a move inside one transaction of the broker: a process that is killed in between
 * has either moved a message or not, and never lost or duplicated it. What is sent back is the
 * original message again, with no failure counted. Thread-safe.
 */
@Singleton
public class DeadLetters {

  /** How many messages are moved in one transaction. */
  private static final int LARGEST_MOVE = 1_000;

  /** A message that is in flight elsewhere is waited for so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** What Artemis calls messages; nothing else may come into a selector. */
  private static final Pattern MESSAGE_ID = Pattern.compile("ID:[0-9A-Za-z.:_-]{1,250}");

  private final Participants participants;
  private final Queues queues;

  public DeadLetters(Participants participants, Queues queues) {
    this.participants = participants;
    this.queues = queues;
  }

  /** Whether a text can be the id of a message. */
  public static boolean isMessageId(String text) {
    return MESSAGE_ID.matcher(text).matches();
  }

  /** The first messages of a queue, the oldest first; none where there is no such queue. */
  public List<Message> browse(String queue, int most) throws BrokerException {
    if (queues.state(queue).equals(QueueState.ABSENT)) {
      return List.of();
    }
    try (SourceSession session = participants.broker().openLocal(Prefetch.BUFFERED)) {
      return session.browse(queue, most);
    }
  }

  /** Where a message came from, to which it can be sent back; null where it does not say. */
  public static @Nullable String sourceOf(Message message) {
    if (!(message.headers().get(MessageHeaders.SOURCE) instanceof String source)) {
      return null;
    }
    // Any sender of the queue can write this header: never to an address of the broker's own.
    List<String> names = List.of(source.split("::", -1));
    return names.size() <= 2 && names.stream().allMatch(BrokerName::isValid) ? source : null;
  }

  /**
   * Sends these messages back, all in one transaction; those that are not there any more are left
   * out.
   *
   * @return how many were sent back
   */
  public long replay(String queue, Collection<String> messageIds) throws BrokerException {
    if (messageIds.isEmpty() || queues.state(queue).equals(QueueState.ABSENT)) {
      return 0;
    }
    String ids = String.join("', '", messageIds);
    try (SourceSession session = participants.broker().openLocal(Prefetch.ON_DEMAND)) {
      session.consume(new Source(queue, null, null, "JMSMessageID IN ('" + ids + "')"));
      return move(session, queue, messageIds.size()).sentBack();
    }
  }

  /**
   * Sends everything back that the queue holds now, a thousand messages in a transaction.
   *
   * @return how many were sent back
   */
  public long replayAll(String queue) throws BrokerException {
    // What fails again meanwhile comes back here: it is not replayed a second time.
    long left = queues.state(queue).messages();
    if (left == 0) {
      return 0;
    }
    long sentBack = 0;
    try (SourceSession session = participants.broker().openLocal(Prefetch.ON_DEMAND)) {
      session.consume(new Source(queue, null, null, MessageHeaders.SOURCE + " IS NOT NULL"));
      Moved moved;
      do {
        moved = move(session, queue, (int) Math.min(left, LARGEST_MOVE));
        sentBack += moved.sentBack();
        left -= moved.taken();
      } while (moved.taken() > 0 && left > 0);
    }
    return sentBack;
  }

  private record Moved(int taken, int sentBack) {}

  private static Moved move(SourceSession session, String queue, int most) throws BrokerException {
    List<Message> taken = session.receive(most, PATIENCE);
    int sentBack = 0;
    for (Message message : taken) {
      String source = sourceOf(message);
      MessageCopy replay = new MessageCopy(message, MessageCopy.Kind.REPLAY, Map.of());
      if (source == null || !session.takes(source, replay)) {
        // Stays, behind the others.
        session.send(queue, new MessageCopy(message, MessageCopy.Kind.RETURN, Map.of()));
      } else {
        session.requireKept(source);
        session.send(source, replay);
        sentBack++;
      }
    }
    session.commit();
    session.settled();
    return new Moved(taken.size(), sentBack);
  }
}

package io.handfast.queue;

import io.handfast.message.BrokerManagement;
import io.handfast.message.Intake;
import io.handfast.message.MessageHeaders;
import io.handfast.message.MessageSession;
import io.handfast.message.QueueState;
import io.handfast.message.TargetRefusedException;
import io.handfast.node.Participants;
import jakarta.inject.Singleton;
import jakarta.jms.JMSException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.activemq.artemis.api.core.ActiveMQDuplicateIdException;
import org.jspecify.annotations.Nullable;

/**
 * Sends to queues and looks at them, over sessions that are kept between requests.
 *
 * <p>Thread-safe.
 */
@Singleton
public class Queues {

  private static final int KEPT_SESSIONS = 8;

  private final Participants participants;
  private final Deque<MessageSession> idle = new ArrayDeque<>();

  public Queues(Participants participants) {
    this.participants = participants;
  }

  /**
   * Sends text messages to a queue, all of them or none.
   *
   * @param id makes the broker drop a repetition of this call; null where repeating is not meant
   * @param headers what each message carries
   * @return whether the messages are new; false where the broker has had them before
   * @throws TargetRefusedException messages for this queue could be lost; nothing was sent
   * @throws JMSException nothing was sent
   * @throws SendInDoubtException the commit was not answered: only a repetition with an id is safe
   */
  public boolean send(
      String queue, Iterable<String> bodies, @Nullable String id, Map<String, String> headers)
      throws JMSException, SendInDoubtException {
    MessageSession kept = takeIdle();
    if (kept != null) {
      try {
        return sendOn(kept, queue, bodies, id, headers);
      } catch (TargetRefusedException e) {
        throw e;
      } catch (JMSException e) {
        // A kept session may have lost its broker since. Nothing was committed on it.
      }
    }
    return sendOn(participants.broker().openLocal(Intake.BUFFERED), queue, bodies, id, headers);
  }

  private boolean sendOn(
      MessageSession session,
      String queue,
      Iterable<String> bodies,
      @Nullable String id,
      Map<String, String> headers)
      throws JMSException, SendInDoubtException {
    boolean isReusable = false;
    try {
      session.requireKept(queue);
      int number = 0;
      for (String body : bodies) {
        Map<String, Object> own = new HashMap<>(headers);
        if (id != null) {
          own.put(MessageHeaders.BROKER_DUPLICATE_ID, id + ":" + number++);
        }
        session.send(queue, body, own);
      }
      boolean isNew = commit(session);
      isReusable = isNew;
      return isNew;
    } finally {
      if (!isReusable || !keep(session)) {
        session.close();
      }
    }
  }

  private static boolean commit(MessageSession session) throws SendInDoubtException {
    try {
      session.commit();
      return true;
    } catch (JMSException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof ActiveMQDuplicateIdException) {
          return false;
        }
      }
      throw new SendInDoubtException(e);
    }
  }

  /** What a queue holds; nothing for one that does not exist yet. */
  public QueueState state(String queue) throws JMSException {
    try (BrokerManagement management = participants.broker().openManagement()) {
      return management.queue(queue).orElse(QueueState.ABSENT);
    }
  }

  private synchronized @Nullable MessageSession takeIdle() {
    return idle.pollFirst();
  }

  private synchronized boolean keep(MessageSession session) {
    return idle.size() < KEPT_SESSIONS && idle.offerFirst(session);
  }

  /** Closes the sessions that were kept. */
  public synchronized void close() {
    idle.forEach(MessageSession::close);
    idle.clear();
  }
}

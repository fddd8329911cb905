package io.handfast.queue;

import io.handfast.concurrent.Deadline;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.KnownIdException;
import io.handfast.message.MessageHeaders;
import io.handfast.message.Prefetch;
import io.handfast.message.ProducersBlockedException;
import io.handfast.message.QueueState;
import io.handfast.message.SendAcceptance;
import io.handfast.message.SourceSession;
import io.handfast.message.TargetRefusedException;
import io.handfast.node.Participants;
import io.handfast.participant.Secrets;
import io.handfast.participant.Sha256;
import io.handfast.transaction.RefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends to queues and looks at them, over sessions that are kept between requests.
 *
 * <p>Thread-safe.
 */
public class Queues {

  private static final Logger LOG = Logger.getLogger(Queues.class);

  private static final int KEPT_SESSIONS = 8;

  /** How long a call waits for the outcome of another one with its id. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long BETWEEN_LOOKS_MILLIS = 20;
  private static final Duration BETWEEN_REFUSED_CLAIMS = Duration.ofMinutes(1);

  private final Participants participants;
  private final Deque<SourceSession> idle = new ArrayDeque<>();
  private volatile long areClaimsRefusedUntil = Long.MIN_VALUE;

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
   * @throws BrokerException nothing was sent
   * @throws RefusedException another call with the id does not end; nothing was sent
   * @throws SendInDoubtException the commit was not answered: only a repetition with an id is safe
   */
  public boolean send(
      String queue, Iterable<String> bodies, @Nullable String id, Map<String, String> headers)
      throws BrokerException, SendInDoubtException, RefusedException, InterruptedException {
    Batch batch = new Batch(queue, bodies, id, headers);
    Deadline deadline = Deadline.after(PATIENCE);
    SendAcceptance acceptance = sendOnAny(batch);
    while (acceptance == SendAcceptance.UNDER_WAY) {
      if (deadline.isOver()) {
        throw new RefusedException(
            RefusedException.Reason.SEND_UNDER_WAY,
            "Another call with Handfast-Message-Id '"
                + id
                + "' has not ended yet. Nothing was sent.");
      }
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
      acceptance = sendOnAny(batch);
    }
    return acceptance == SendAcceptance.NEW;
  }

  private record Batch(
      String queue, Iterable<String> bodies, @Nullable String id, Map<String, String> headers) {}

  private SendAcceptance sendOnAny(Batch batch) throws BrokerException, SendInDoubtException {
    SourceSession kept = takeIdle();
    if (kept != null) {
      try {
        return sendOn(kept, batch);
      } catch (TargetRefusedException | ProducersBlockedException e) {
        throw e; // another session would fare alike
      } catch (BrokerException e) {
        // A kept session may have lost its broker since. Nothing was committed on it.
      }
    }
    return sendOn(participants.broker().openLocal(Prefetch.BUFFERED), batch);
  }

  private SendAcceptance sendOn(SourceSession session, Batch batch)
      throws BrokerException, SendInDoubtException {
    boolean isReusable = false;
    try {
      SendAcceptance acceptance = sendOn(session, batch, areClaimsRefusedUntil < System.nanoTime());
      isReusable = acceptance == SendAcceptance.NEW;
      return acceptance;
    } finally {
      if (!isReusable || !keep(session)) {
        session.close();
      }
    }
  }

  private SendAcceptance sendOn(SourceSession session, Batch batch, boolean isClaimed)
      throws BrokerException, SendInDoubtException {
    session.requireKept(batch.queue());
    int number = 0;
    for (String body : batch.bodies()) {
      Map<String, Object> own = new HashMap<>(batch.headers());
      if (batch.id() != null) {
        own.put(MessageHeaders.BROKER_DUPLICATE_ID, batch.id() + ":" + number++);
      }
      session.send(batch.queue(), body, own);
    }
    try {
      if (batch.id() != null && isClaimed) {
        return session.commitOnce(claimedId(batch.queue(), batch.id()));
      }
      session.commit();
      return SendAcceptance.NEW;
    } catch (KnownIdException e) {
      return SendAcceptance.DUPLICATE;
    } catch (BrokerException e) {
      if (e.refusal().isEmpty()) {
        throw new SendInDoubtException(e);
      }
      if (batch.id() == null || !isClaimed) {
        throw e; // the broker has answered, so nothing was sent
      }
      return sendUnclaimed(session, batch, e);
    }
  }

  /** Where the broker does not take claims, two calls at the same moment may both be accepted. */
  private SendAcceptance sendUnclaimed(SourceSession session, Batch batch, BrokerException refusal)
      throws BrokerException, SendInDoubtException {
    SendAcceptance acceptance =
        sendOn(session, batch, false); // else it is the queue that is refused
    areClaimsRefusedUntil = System.nanoTime() + BETWEEN_REFUSED_CLAIMS.toNanos();
    LOG.warnf(
        "ids not claimed address=handfast.ids: %s; two calls with one Handfast-Message-Id at the same moment may both be accepted; give the broker's user the rights createAddress and send there, tried again in %s",
        Secrets.hidden(refusal.getMessage()), BETWEEN_REFUSED_CLAIMS);
    return acceptance;
  }

  /** A queue and an id in a fixed number of characters. */
  private static String claimedId(String queue, String id) {
    byte[] text = (queue + '\n' + id).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Sha256.of(text));
  }

  /** What a queue holds; nothing for one that does not exist yet. */
  public QueueState state(String queue) throws BrokerException {
    try (BrokerAdministration management = participants.broker().openAdministration()) {
      return management.queue(queue).orElse(QueueState.ABSENT);
    }
  }

  private synchronized @Nullable SourceSession takeIdle() {
    return idle.pollFirst();
  }

  private synchronized boolean keep(SourceSession session) {
    return idle.size() < KEPT_SESSIONS && idle.offerFirst(session);
  }

  /** Closes the sessions that were kept. */
  public synchronized void close() {
    idle.forEach(SourceSession::close);
    idle.clear();
  }
}

package io.handfast.message;

import io.handfast.participant.NamedXaResource;
import jakarta.jms.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.apache.activemq.artemis.reader.MessageUtil;
import org.apache.activemq.artemis.reader.TextMessageUtil;
import org.apache.activemq.artemis.utils.UUIDGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One session on the broker: at most one consumer, any number of queues to send to.
 *
 * <p>What is received is acknowledged, and what is sent becomes visible, with the transaction that
 * the session belongs to: the XA branch on {@link #xaResource()}, or {@link #commit()}. Used by one
 * thread at a time; {@link #close()} and {@link #abandon()} may come from any thread.
 *
 * <p>It works on the broker's own messages, not on JMS': other protocols send names, types and
 * bodies that JMS refuses to read or to set.
 */
public final class MessageSession implements AutoCloseable {

  /**
   * How long to wait for a message that the broker may already be sending. {@code receiveImmediate}
   * asks the broker each time the buffer is empty; a short wait does not, and fills batches four
   * times faster.
   */
  private static final long FILL_MILLIS = 1;

  /** JMS' own. */
  private static final byte DEFAULT_PRIORITY = 4;

  private final Connection connection;
  private final ClientSession session;
  private final Subscriber subscriber;
  private final @Nullable TrackedBranch branches;
  private final @Nullable NamedXaResource xaResource;
  private final Intake intake;
  private final SessionShared shared;
  private final Filling filling = new Filling();
  private final ClientProducer producer;
  private final Map<Source, ClientConsumer> consumers = new HashMap<>();
  private @Nullable Source source;
  private long held;
  private boolean isClosed;

  /** Sees to it that a durable subscription exists. */
  @FunctionalInterface
  interface Subscriber {
    void subscribe(Source source) throws BrokerException;
  }

  MessageSession(
      Connection connection,
      ClientSession session,
      Subscriber subscriber,
      @Nullable XAResource xaResource,
      Intake intake,
      SessionShared shared)
      throws BrokerException {
    this.connection = connection;
    this.session = session;
    this.subscriber = subscriber;
    this.branches = xaResource == null ? null : new TrackedBranch(xaResource);
    this.xaResource =
        branches == null
            ? null
            : new NamedXaResource(Broker.NAME, Broker.identity(connection), branches);
    this.intake = intake;
    this.shared = shared;
    this.producer = Core.call(session::createProducer);
  }

  /** The branch that holds this session's work; only a session opened for XA has one. */
  public NamedXaResource xaResource() {
    if (xaResource == null) {
      throw new IllegalStateException("a local session has no XA branch");
    }
    return xaResource;
  }

  /** The branches of this session, without a look at what becomes of them. */
  XAResource branches() {
    if (branches == null) {
      throw new IllegalStateException("a local session has no XA branch");
    }
    return branches;
  }

  /** Subscribes to a source; messages may be sent to this session's buffer from now on. */
  public void consume(Source source) throws BrokerException {
    if (!consumers.containsKey(source)) {
      consumers.put(source, new Consuming(session, subscriber, shared.targets()).of(source));
    }
    this.source = source;
  }

  /**
   * Subscribes to a source for a moment, so that the broker says what it has against it.
   *
   * @return what the broker refuses, if anything
   * @throws BrokerException the broker cannot be asked now
   */
  public Optional<Refusal> refusalOf(Source source) throws BrokerException {
    try {
      QueueQuery queue = Core.call(() -> session.queueQuery(SimpleString.of(source.queueName())));
      Optional<Refusal> conflict =
          source.topic() == null ? Optional.empty() : Refusal.ofSubscription(source, queue);
      String problem = queue.isExists() ? Targets.problem(queue) : null;
      if (problem != null) { // consuming from one to be purged would be its end
        return Optional.of(new Refusal(Refusal.Part.DESTINATION, problem));
      }
      if (conflict.isEmpty()) {
        consume(source);
      }
      return conflict;
    } catch (BrokerException e) {
      return Optional.of(Refusal.of(e).orElseThrow(() -> e));
    }
  }

  /**
   * Takes up to {@code max} messages of the source consumed last: waits for the first, then takes
   * what has already arrived, or under a backlog is about to, until they have the bytes that a unit
   * may have. They count as in flight until {@link #settled()} or {@link #close()}.
   *
   * @return the messages in order of arrival; empty where none came within {@code wait}
   */
  public List<ReceivedMessage> receive(int max, Duration wait) throws BrokerException {
    Source from = source;
    if (from == null) {
      throw new IllegalStateException("consume() comes before receive()");
    }
    ClientConsumer consumer = consumers.get(from);
    List<ReceivedMessage> messages = new ArrayList<>();
    shared.inFlight().awaitRoom();
    long asked = System.nanoTime();
    ClientMessage next = receiveFirst(consumer, wait);
    if (next == null) {
      return messages;
    }
    boolean isToBeFilled =
        intake == Intake.ON_DEMAND || filling.isWorthwhile(System.nanoTime() - asked);
    long bytes = 0;
    while (next != null) {
      long size = sizeOf(next);
      boolean isRoomLeft = hold(size);
      bytes += size;
      messages.add(taken(next, from));
      boolean mayTakeMore = isRoomLeft && bytes < shared.unit() && messages.size() < max;
      next = isToBeFilled && mayTakeMore ? receiveArrived(consumer) : null;
    }
    filling.learn(messages.size());
    return messages;
  }

  /** A large message says how long its body is; others are encoded as a whole. */
  private static long sizeOf(ClientMessage message) {
    return message.isLargeMessage() ? message.getBodySize() : message.getEncodeSize();
  }

  private synchronized boolean hold(long bytes) {
    if (isClosed) { // by another thread: nothing would release them
      return false;
    }
    held += bytes;
    return shared.inFlight().add(bytes);
  }

  /** What was received so far takes no memory any more. */
  public synchronized void settled() {
    shared.inFlight().release(held);
    held = 0;
  }

  private @Nullable ClientMessage receiveFirst(ClientConsumer consumer, Duration wait)
      throws BrokerException {
    try {
      ClientMessage next = Core.call(() -> consumer.receive(Math.max(1, wait.toMillis())));
      requireConsumer();
      return next;
    } catch (BrokerException e) {
      requireConsumer();
      throw e;
    }
  }

  /**
   * Sees that the broker still has this session's consumer. Artemis closes a consumer that it fails
   * to hand a message out to, and nothing else: the message is among the first of the queue then,
   * and what was received meanwhile cannot be acknowledged any more.
   */
  public void requireConsumer() throws UnusableMessageException {
    ClientConsumer consumer = source == null ? null : consumers.get(source);
    if (consumer != null && consumer.isClosed() && !session.isClosed()) {
      throw new UnusableMessageException(null, "the broker cannot hand a message out");
    }
  }

  private @Nullable ClientMessage receiveArrived(ClientConsumer consumer) throws BrokerException {
    return intake == Intake.BUFFERED
        ? Core.call(() -> consumer.receive(FILL_MILLIS))
        : Core.call(consumer::receiveImmediate); // asks the broker, which alone knows
  }

  /**
   * Read before it is acknowledged: the body of a large message is still on its way. Acknowledged
   * alone: "all up to this one" takes along a message that the broker has failed to hand out just
   * before, and would lose it.
   */
  private static ReceivedMessage taken(ClientMessage message, Source from) throws BrokerException {
    try {
      ReceivedMessage read = Core.call(() -> ReceivedMessage.of(message, from.ownQueue()));
      Core.call(message::individualAcknowledge);
      return read;
    } catch (BrokerException e) {
      String problem = UnusableMessageException.bodyProblem(e);
      throw problem == null ? e : new UnusableMessageException(message.getMessageID(), problem);
    }
  }

  /**
   * The first messages of a queue that must exist, as they lie there; takes none of them. At a
   * message that the broker cannot hand out it shows no more: those that Handfast has sent follow.
   */
  public List<ReceivedMessage> browse(String queue, int max) throws BrokerException {
    return Browsing.first(session, queue, max);
  }

  /** Removes a durable subscription with all its messages; nothing may consume from it. */
  public void unsubscribe(String subscription) throws BrokerException {
    Core.run(() -> session.deleteQueue(Source.queueNameOf(subscription)));
  }

  /**
   * Asks the broker to roll a branch of this session back that is open for longer; its own default
   * is five minutes.
   *
   * @return whether the broker agreed
   */
  public boolean setBranchTimeout(Duration timeout) throws XAException {
    return branches != null && branches.setTransactionTimeout(Math.toIntExact(timeout.toSeconds()));
  }

  /**
   * Commits what was sent, once under an id, which is remembered for all queues at one address.
   *
   * @param id of letters, digits and hyphens
   */
  public Acceptance commitOnce(String id) throws BrokerException {
    AtomicReference<Acceptance> answer = new AtomicReference<>();
    shared
        .sends()
        .send(
            IdClaims.ADDRESS,
            this::abandon,
            () -> answer.set(Core.call(() -> new IdClaims(session).commit(id))));
    return answer.get();
  }

  /**
   * Sends a new text message to a queue.
   *
   * @throws TargetRefusedException it would reach no queue
   */
  public void send(String queue, String body, Map<String, Object> headers) throws BrokerException {
    ClientMessage message = newMessage(true);
    message.setUserID(UUIDGenerator.getInstance().generateUUID());
    TextMessageUtil.writeBodyText(message.getBodyBuffer(), SimpleString.of(body));
    headers.forEach((name, value) -> MessageUtil.setObjectProperty(message, name, value));
    send(queue, message);
  }

  /** Sends a message that is not to be committed. */
  void sendProbe(String queue) throws BrokerException {
    ClientMessage message = newMessage(false);
    Target target = targetOf(queue, message);
    shared
        .sends()
        .sendAlone(
            queue, this::abandon, () -> Core.run(() -> producer.send(target.qualified(), message)));
  }

  private ClientMessage newMessage(boolean isPersistent) {
    return session.createMessage(
        Message.TEXT_TYPE, isPersistent, 0, System.currentTimeMillis(), DEFAULT_PRIORITY);
  }

  /**
   * Sends a copy of a message in flight to a queue, or to {@code address::queue}.
   *
   * @throws TargetRefusedException it would reach no queue
   * @throws UnusableMessageException the message cannot be copied
   */
  public void send(String queue, MessageCopy copy) throws BrokerException {
    send(queue, build(queue, copy));
  }

  /**
   * Whether a queue takes a copy: it may have a filter that the copy does not match.
   *
   * @throws TargetRefusedException it takes none
   */
  public boolean takes(String queue, MessageCopy copy) throws BrokerException {
    Target target = Core.call(() -> shared.targets().find(session, queue));
    return target.filter() == null || target.takes(build(queue, copy));
  }

  private ClientMessage build(String queue, MessageCopy copy) throws BrokerException {
    boolean givesExpiry =
        copy.isKept() && Core.call(() -> shared.targets().givesExpiry(session, queue));
    return Core.call(() -> copy.build(session, System.currentTimeMillis(), givesExpiry));
  }

  /**
   * Sees that a queue exists, or creates it, and that the broker keeps what is sent to it.
   *
   * @throws TargetRefusedException messages for it could be lost
   */
  public void requireKept(String queue) throws BrokerException {
    Core.run(() -> shared.targets().requireKept(session, queue));
  }

  /** Sees that the broker puts every message into a queue. */
  void requireUnfiltered(String queue) throws BrokerException {
    Core.run(() -> shared.targets().find(session, queue).requireUnfiltered());
  }

  private void send(String queue, ClientMessage message) throws BrokerException {
    Target target = targetOf(queue, message);
    target.requireTaken(queue, message);
    shared
        .sends()
        .send(
            queue, this::abandon, () -> Core.run(() -> producer.send(target.qualified(), message)));
  }

  private Target targetOf(String queue, ClientMessage message) throws BrokerException {
    Target target = Core.call(() -> shared.targets().find(session, queue));
    message.setRoutingType(target.routing());
    return target;
  }

  /** Sends something and takes it back: returns where the broker takes messages for the queue. */
  void probe(String queue) throws BrokerException {
    sendProbe(queue);
    rollback();
  }

  /** Acknowledges and sends, in a local session; returns when the broker has confirmed. */
  public void commit() throws BrokerException {
    try {
      Core.run(session::commit);
    } catch (BrokerException e) {
      requireConsumer();
      throw e;
    }
  }

  /** Gives everything in flight back, in a local session. */
  public void rollback() throws BrokerException {
    Core.run(session::rollback);
  }

  /** Closes it, or loses its connection where that alone undoes what is in flight. */
  @Override
  public void close() {
    if (branches != null && branches.isOpen()) {
      Broker.lose(connection);
    } else {
      Broker.closeQuietly(connection);
    }
    releaseForGood();
  }

  /** Gives everything in flight back at once, whatever its thread is doing. */
  public void abandon() {
    Broker.lose(connection);
    releaseForGood();
  }

  private synchronized void releaseForGood() {
    isClosed = true;
    settled();
  }
}

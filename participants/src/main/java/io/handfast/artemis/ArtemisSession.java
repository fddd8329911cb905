package io.handfast.artemis;

import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.Prefetch;
import io.handfast.message.Refusal;
import io.handfast.message.SendAcceptance;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.message.UnusableMessageException;
import io.handfast.participant.NamedXaResource;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.apache.activemq.artemis.api.core.ActiveMQException;
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
 * A session at Artemis that implements the source port.
 *
 * <p>It works on the broker's own messages, not on JMS': other protocols send names, types and
 * bodies that JMS refuses to read or to set.
 */
final class ArtemisSession implements SourceSession {

  /**
   * How long to wait for a message that the broker may already be sending. {@code receiveImmediate}
   * asks the broker each time the buffer is empty; a short wait does not, and fills batches four
   * times faster.
   */
  private static final long FILL_MILLIS = 1;

  /**
   * Between two looks whether to go on waiting: the client has no call that ends a wait, but for
   * those that end the consumer (Artemis 2.53 to 2.56, {@code ClientConsumerImpl.receive}).
   */
  private static final long LOOK_MILLIS = 100;

  /** JMS' own. */
  private static final byte DEFAULT_PRIORITY = 4;

  private final Connection connection;
  private final ClientSession session;
  private final ConsumerOpening consuming;
  private final AcknowledgementGate acknowledging;
  private final @Nullable TrackedBranch branches;
  private final @Nullable NamedXaResource xaResource;
  private final Prefetch intake;
  private final SessionContext shared;
  private final BatchFilling filling = new BatchFilling();
  private final ClientProducer producer;
  private final Map<Source, ClientConsumer> consumers = new HashMap<>();
  private final AtomicBoolean isWoken = new AtomicBoolean();
  private @Nullable Source source;
  private long held;
  private boolean isClosed;

  ArtemisSession(
      Connection connection,
      Session jms,
      @Nullable XAResource xaResource,
      Prefetch intake,
      SessionContext shared)
      throws BrokerException {
    this.connection = connection;
    this.consuming = new ConsumerOpening(jms, shared.targets());
    this.session = consuming.session();
    this.acknowledging = new AcknowledgementGate(session);
    this.branches = xaResource == null ? null : new TrackedBranch(xaResource);
    this.xaResource =
        branches == null
            ? null
            : new NamedXaResource(ArtemisBroker.NAME, ArtemisBroker.identity(connection), branches);
    this.intake = intake;
    this.shared = shared;
    this.producer = CoreCalls.call(session::createProducer);
  }

  @Override
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

  @Override
  public void consume(Source source) throws BrokerException {
    if (!consumers.containsKey(source)) {
      consumers.put(source, consuming.of(source));
    }
    this.source = source;
  }

  @Override
  public Optional<Refusal> refusalOf(Source source) throws BrokerException {
    try {
      QueueQuery queue =
          CoreCalls.call(() -> session.queueQuery(SimpleString.of(source.queueName())));
      Optional<Refusal> conflict =
          source.topic() == null ? Optional.empty() : Refusals.ofSubscription(source, queue);
      String problem = queue.isExists() ? TargetQueues.problem(queue) : null;
      if (problem != null) { // consuming from one to be purged would be its end
        return Optional.of(new Refusal(Refusal.Part.DESTINATION, problem));
      }
      if (conflict.isEmpty()) {
        consume(source);
      }
      return conflict;
    } catch (BrokerException e) {
      return Optional.of(e.refusal().orElseThrow(() -> e));
    }
  }

  @Override
  public List<Message> receive(int max, Duration wait) throws BrokerException {
    Source from = source;
    if (from == null) {
      throw new IllegalStateException("consume() comes before receive()");
    }
    ClientConsumer consumer = consumers.get(from);
    List<Message> messages = new ArrayList<>();
    shared.inFlight().awaitRoom();
    long asked = System.nanoTime();
    ClientMessage next = receiveFirst(consumer, wait);
    if (next == null) {
      return messages;
    }
    boolean isToBeFilled =
        intake == Prefetch.ON_DEMAND || filling.isWorthwhile(System.nanoTime() - asked);
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

  @Override
  public synchronized void settled() {
    shared.inFlight().release(held);
    held = 0;
  }

  private @Nullable ClientMessage receiveFirst(ClientConsumer consumer, Duration wait)
      throws BrokerException {
    try {
      ClientMessage next = CoreCalls.call(() -> await(consumer, Math.max(1, wait.toMillis())));
      requireConsumer();
      return next;
    } catch (BrokerException e) {
      requireConsumer();
      throw e;
    }
  }

  private @Nullable ClientMessage await(ClientConsumer consumer, long millis)
      throws ActiveMQException {
    if (intake == Prefetch.ON_DEMAND) { // the end of each wait would cost a round trip
      return isWoken.getAndSet(false) ? null : consumer.receive(millis);
    }
    ClientMessage next = null;
    for (long left = millis; next == null && left > 0; left -= LOOK_MILLIS) {
      if (isWoken.getAndSet(false) || consumer.isClosed()) {
        return null;
      }
      next = consumer.receive(Math.min(left, LOOK_MILLIS));
    }
    return next;
  }

  @Override
  public void wakeUp() {
    isWoken.set(true);
  }

  @Override
  public void requireConsumer() throws UnusableMessageException {
    ClientConsumer consumer = source == null ? null : consumers.get(source);
    if (consumer != null && consumer.isClosed() && !session.isClosed()) {
      throw new UnusableMessageException(null, "the broker cannot hand a message out");
    }
  }

  private @Nullable ClientMessage receiveArrived(ClientConsumer consumer) throws BrokerException {
    return intake == Prefetch.BUFFERED
        ? CoreCalls.call(() -> consumer.receive(FILL_MILLIS))
        : CoreCalls.call(consumer::receiveImmediate); // asks the broker, which alone knows
  }

  /**
   * Read before it is acknowledged: the body of a large message is still on its way. Acknowledged
   * alone: "all up to this one" takes along a message that the broker has failed to hand out just
   * before, and would lose it.
   */
  private ArtemisMessage taken(ClientMessage message, Source from) throws BrokerException {
    try {
      ArtemisMessage read = CoreCalls.call(() -> ArtemisMessage.of(message, from.ownQueue()));
      acknowledging.acknowledge(message);
      return read;
    } catch (BrokerException e) {
      String problem = BodyReader.problem(e);
      throw problem == null ? e : new UnusableMessageException(message.getMessageID(), problem);
    }
  }

  @Override
  public List<Message> browse(String queue, int max) throws BrokerException {
    return QueueBrowser.first(session, queue, max);
  }

  @Override
  public void unsubscribe(String subscription) throws BrokerException {
    CoreCalls.run(() -> session.deleteQueue(Source.queueNameOf(subscription)));
  }

  @Override
  public boolean setBranchTimeout(Duration timeout) throws XAException {
    return branches != null && branches.setTransactionTimeout(Math.toIntExact(timeout.toSeconds()));
  }

  @Override
  public SendAcceptance commitOnce(String id) throws BrokerException {
    AtomicReference<SendAcceptance> answer = new AtomicReference<>();
    shared
        .sends()
        .send(IdClaims.ADDRESS, this::abandon, () -> answer.set(new IdClaims(session).commit(id)));
    return answer.get();
  }

  @Override
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
    TargetQueue target = targetOf(queue, message);
    shared
        .sends()
        .sendAlone(queue, this::abandon, () -> producer.send(target.qualified(), message));
  }

  private ClientMessage newMessage(boolean isPersistent) {
    return session.createMessage(
        org.apache.activemq.artemis.api.core.Message.TEXT_TYPE,
        isPersistent,
        0,
        System.currentTimeMillis(),
        DEFAULT_PRIORITY);
  }

  @Override
  public void send(String queue, MessageCopy copy) throws BrokerException {
    send(queue, build(queue, copy));
  }

  @Override
  public boolean takes(String queue, MessageCopy copy) throws BrokerException {
    TargetQueue target = CoreCalls.call(() -> shared.targets().find(session, queue));
    return target.filter() == null || target.takes(build(queue, copy));
  }

  private ClientMessage build(String queue, MessageCopy copy) throws BrokerException {
    boolean givesExpiry =
        copy.kind().isKept() && CoreCalls.call(() -> shared.targets().givesExpiry(session, queue));
    CopyBuilder builder = new CopyBuilder(session, System.currentTimeMillis(), givesExpiry);
    return CoreCalls.call(() -> builder.build(copy));
  }

  @Override
  public void requireKept(String queue) throws BrokerException {
    CoreCalls.run(() -> shared.targets().requireKept(session, queue));
  }

  /** Sees that the broker puts every message into a queue. */
  void requireUnfiltered(String queue) throws BrokerException {
    CoreCalls.run(() -> shared.targets().find(session, queue).requireUnfiltered());
  }

  private void send(String queue, ClientMessage message) throws BrokerException {
    TargetQueue target = targetOf(queue, message);
    target.requireTaken(queue, message);
    shared.sends().send(queue, this::abandon, () -> producer.send(target.qualified(), message));
  }

  private TargetQueue targetOf(String queue, ClientMessage message) throws BrokerException {
    TargetQueue target = CoreCalls.call(() -> shared.targets().find(session, queue));
    message.setRoutingType(target.routing());
    return target;
  }

  /** Sends something and takes it back: returns where the broker takes messages for the queue. */
  void probe(String queue) throws BrokerException {
    sendProbe(queue);
    rollback();
  }

  @Override
  public void commit() throws BrokerException {
    try {
      CoreCalls.run(session::commit);
    } catch (BrokerException e) {
      requireConsumer();
      throw e;
    }
  }

  @Override
  public void rollback() throws BrokerException {
    CoreCalls.run(session::rollback);
  }

  /** Closes it, or loses its connection where that alone undoes what is in flight. */
  @Override
  public void close() {
    if (branches != null && branches.isOpen()) {
      abandon();
    } else {
      ArtemisBroker.closeQuietly(connection);
      releaseForGood();
    }
  }

  @Override
  public void abandon() {
    try {
      acknowledging.end();
    } finally {
      ArtemisBroker.lose(connection);
      releaseForGood();
    }
  }

  private synchronized void releaseForGood() {
    isClosed = true;
    settled();
  }
}

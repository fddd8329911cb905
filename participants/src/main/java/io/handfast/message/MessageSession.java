package io.handfast.message;

import io.handfast.participant.NamedXaResource;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;
import org.jspecify.annotations.Nullable;

/**
 * One session on the broker: at most one consumer, any number of destinations to send to.
 *
 * <p>What is received is acknowledged, and what is sent becomes visible, with the transaction that
 * the session belongs to: the XA branch on {@link #xaResource()}, or {@link #commit()}. Used by one
 * thread at a time; {@link #close()} and {@link #abandon()} may come from any thread.
 */
public final class MessageSession implements AutoCloseable {

  /**
   * How long to wait for a message that the broker may already be sending. {@code receiveNoWait}
   * asks the broker each time the buffer is empty; a short wait does not, and fills batches four
   * times faster.
   */
  private static final long FILL_MILLIS = 1;

  private final Connection connection;
  private final Session session;
  private final @Nullable XAResource branches;
  private final @Nullable NamedXaResource xaResource;
  private final Intake intake;
  private final Filling filling = new Filling();
  private final MessageProducer producer;
  private final Map<String, Destination> queues = new HashMap<>();
  private final Map<Source, MessageConsumer> consumers = new HashMap<>();
  private @Nullable MessageConsumer consumer;

  MessageSession(
      Connection connection, Session session, @Nullable XAResource xaResource, Intake intake)
      throws JMSException {
    this.intake = intake;
    this.connection = connection;
    this.session = session;
    this.branches = xaResource;
    this.xaResource =
        xaResource == null
            ? null
            : new NamedXaResource(Broker.NAME, Broker.identity(connection), xaResource);
    this.producer = session.createProducer(null);
  }

  /** The branch that holds this session's work; only a session opened for XA has one. */
  public NamedXaResource xaResource() {
    if (xaResource == null) {
      throw new IllegalStateException("a local session has no XA branch");
    }
    return xaResource;
  }

  /** Subscribes to a source; messages may be sent to this session's buffer from now on. */
  public void consume(Source source) throws JMSException {
    consumer = consumers.get(source);
    if (consumer == null) {
      consumer = createConsumer(source);
      consumers.put(source, consumer);
    }
  }

  private MessageConsumer createConsumer(Source source) throws JMSException {
    return source.queue() != null
        ? session.createConsumer(queue(source.queue()), source.selector())
        : session.createSharedDurableConsumer(
            session.createTopic(source.topic()), source.subscription(), source.selector());
  }

  /**
   * Takes up to {@code max} messages of the source consumed last: waits for the first, then takes
   * what has already arrived, or under a backlog is about to.
   *
   * @return the messages in order of arrival; empty where none came within {@code wait}
   */
  public List<ReceivedMessage> receive(int max, Duration wait) throws JMSException {
    if (consumer == null) {
      throw new IllegalStateException("consume() comes before receive()");
    }
    List<ReceivedMessage> messages = new ArrayList<>();
    long asked = System.nanoTime();
    Message next = consumer.receive(Math.max(1, wait.toMillis()));
    if (next == null) {
      return messages;
    }
    boolean isToBeFilled =
        intake == Intake.ON_DEMAND || filling.isWorthwhile(System.nanoTime() - asked);
    while (next != null) {
      messages.add(ReceivedMessage.of(next));
      next = isToBeFilled && messages.size() < max ? receiveArrived(consumer) : null;
    }
    filling.learn(messages.size());
    return messages;
  }

  private @Nullable Message receiveArrived(MessageConsumer consumer) throws JMSException {
    return intake == Intake.BUFFERED
        ? consumer.receive(FILL_MILLIS)
        : consumer.receiveNoWait(); // asks the broker, which alone knows
  }

  /** The first messages of a queue that must exist, as they lie there; takes none of them. */
  public List<ReceivedMessage> browse(String queue, int max) throws JMSException {
    List<ReceivedMessage> messages = new ArrayList<>();
    try (QueueBrowser browser = session.createBrowser(session.createQueue(queue))) {
      Enumeration<?> queued = browser.getEnumeration();
      while (messages.size() < max && queued.hasMoreElements()) {
        messages.add(ReceivedMessage.of((Message) queued.nextElement()));
      }
    }
    return messages;
  }

  /** Removes a durable subscription with all its messages; nobody may consume from it. */
  public void unsubscribe(String subscription) throws JMSException {
    session.unsubscribe(subscription);
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

  /** Sends a new text message. */
  public void send(String queue, String body, Map<String, Object> headers) throws JMSException {
    TextMessage message = session.createTextMessage(body);
    for (Map.Entry<String, Object> header : headers.entrySet()) {
      message.setObjectProperty(header.getKey(), header.getValue());
    }
    producer.setDeliveryDelay(0);
    producer.send(queue(queue), message);
  }

  /**
   * Sends a copy of a message in hand.
   *
   * @param queue a queue, or {@code address::queue}
   * @param headers properties to add to the copy or to change in it
   * @param delay how long the broker holds the copy back
   */
  public void sendCopy(
      String queue, ReceivedMessage original, Map<String, Object> headers, Duration delay)
      throws JMSException {
    Message source = original.jms();
    Message copy = copyBody(source, original);
    copy.setJMSCorrelationID(source.getJMSCorrelationID());
    copy.setJMSReplyTo(source.getJMSReplyTo());
    copy.setJMSType(source.getJMSType());
    Map<String, Object> properties = new HashMap<>(original.headers());
    if (properties.get(MessageHeaders.BROKER_DUPLICATE_ID) != null) {
      // The broker would take the copy for a duplicate of the message it stands for.
      properties.put(
          MessageHeaders.DUPLICATE_ID,
          String.valueOf(properties.get(MessageHeaders.BROKER_DUPLICATE_ID)));
    }
    properties.keySet().removeAll(ReceivedMessage.ownToOneSending());
    properties.putAll(headers);
    for (Map.Entry<String, Object> property : properties.entrySet()) {
      copy.setObjectProperty(property.getKey(), property.getValue());
    }
    producer.setDeliveryDelay(delay.toMillis());
    producer.send(
        queue(queue),
        copy,
        source.getJMSDeliveryMode() == DeliveryMode.NON_PERSISTENT
            ? DeliveryMode.NON_PERSISTENT
            : DeliveryMode.PERSISTENT,
        source.getJMSPriority(),
        remainingLife(source));
  }

  /** Acknowledges and sends, in a local session; returns when the broker has confirmed. */
  public void commit() throws JMSException {
    session.commit();
  }

  /** Gives everything in hand back, in a local session. */
  public void rollback() throws JMSException {
    session.rollback();
  }

  /** Closes it; what is in hand goes back with the branch, once that is rolled back. */
  @Override
  public void close() {
    Broker.closeQuietly(connection);
  }

  /** Gives everything in hand back at once, whatever its thread is doing. */
  public void abandon() {
    Broker.lose(connection);
  }

  private Message copyBody(Message source, ReceivedMessage original) throws JMSException {
    if (source instanceof BytesMessage bytes) {
      byte[] content = new byte[Math.toIntExact(bytes.getBodyLength())];
      bytes.reset();
      bytes.readBytes(content);
      BytesMessage copy = session.createBytesMessage();
      copy.writeBytes(content);
      return copy;
    }
    if (source instanceof TextMessage) {
      return session.createTextMessage(original.body());
    }
    // A map, stream or object message: its body is not read here, only handed on.
    source.clearProperties();
    return source;
  }

  private static long remainingLife(Message source) throws JMSException {
    long expiration = source.getJMSExpiration();
    return expiration == 0 ? 0 : Math.max(1, expiration - System.currentTimeMillis());
  }

  private Destination queue(String name) {
    return queues.computeIfAbsent(name, MessageSession::destination);
  }

  /** A subscription's queue takes only what is sent as to a topic. */
  private static Destination destination(String name) {
    return name.contains(Source.QUALIFIER)
        ? ActiveMQDestination.createTopic(name)
        : ActiveMQDestination.createQueue(name);
  }
}

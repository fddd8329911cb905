package io.handfast.message;

import io.handfast.transaction.Trace;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One queue, the queues that are sent to, and a local session on them, in memory.
 *
 * <p>What is received or sent is in hand until {@code commit}, which is traced as "acknowledge"; a
 * commit that is to fail loses nothing but the messages' acknowledgement.
 */
public final class FakeBroker {

  private final Trace trace;
  private final Deque<Message> waiting = new ArrayDeque<>();
  private final List<Message> inHand = new ArrayList<>();
  private final Map<String, List<Message>> uncommitted = new HashMap<>();
  private final Map<String, List<Message>> sent = new HashMap<>();
  private int failingCommit;

  public FakeBroker(Trace trace) {
    this.trace = trace;
  }

  /** Puts a message into the queue. */
  public FakeBroker holds(String id, Map<String, Object> properties) {
    waiting.add(FakeMessages.text(id, "{}", properties, false));
    return this;
  }

  /** Makes one commit fail: 1 is the next one, 2 the one after it. */
  public FakeBroker failsAtCommit(int nth) {
    failingCommit = nth;
    return this;
  }

  /** The ids of the messages that nobody has acknowledged. */
  public List<String> left() throws JMSException {
    List<Message> left = new ArrayList<>(inHand);
    left.addAll(waiting);
    return ids(left);
  }

  /** The messages that were sent to a queue and committed, by the id that they stand for. */
  public List<String> sentTo(String queue) throws JMSException {
    List<String> ids = new ArrayList<>();
    for (Message message : sent.getOrDefault(queue, List.of())) {
      ids.add(String.valueOf(message.getObjectProperty(MessageHeaders.ID)));
    }
    return ids;
  }

  /** A session that has subscribed to the queue. */
  public MessageSession open() throws JMSException {
    Connection connection = fake(Connection.class, Map.of("close", any -> giveBack()));
    Session session =
        fake(
            Session.class,
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "createConsumer" -> fake(MessageConsumer.class, this::receive);
                  case "createProducer" -> fake(MessageProducer.class, this::send);
                  case "createTextMessage" ->
                      FakeMessages.text("copy", String.valueOf(arguments[0]), Map.of(), false);
                  case "commit" -> commit();
                  case "rollback" -> giveBack();
                  default -> null;
                });
    MessageSession opened = new MessageSession(connection, session, null, Intake.BUFFERED);
    opened.consume(Source.ofQueue("orders"));
    return opened;
  }

  private @Nullable Object receive(
      Object proxy, java.lang.reflect.Method method, Object[] arguments) {
    if (!method.getName().equals("receive")) {
      return null;
    }
    if (inHand.isEmpty()) {
      trace.add("receive");
    }
    Message next = waiting.poll();
    if (next != null) {
      inHand.add(next);
    }
    return next;
  }

  private @Nullable Object send(Object proxy, java.lang.reflect.Method method, Object[] arguments)
      throws JMSException {
    if (method.getName().equals("send")) {
      String queue = ((Queue) arguments[0]).getQueueName();
      trace.add("send to " + queue);
      uncommitted.computeIfAbsent(queue, any -> new ArrayList<>()).add((TextMessage) arguments[1]);
    }
    return null;
  }

  private @Nullable Object commit() throws JMSException {
    trace.add("acknowledge");
    if (--failingCommit == 0) {
      throw new JMSException("the reply is lost");
    }
    inHand.clear();
    uncommitted.forEach(
        (queue, messages) ->
            sent.computeIfAbsent(queue, any -> new ArrayList<>()).addAll(messages));
    uncommitted.clear();
    return null;
  }

  private @Nullable Object giveBack() {
    trace.add("give back");
    List<Message> again = new ArrayList<>(inHand);
    again.addAll(waiting);
    waiting.clear();
    waiting.addAll(again);
    inHand.clear();
    uncommitted.clear();
    return null;
  }

  private static List<String> ids(Collection<Message> messages) throws JMSException {
    List<String> ids = new ArrayList<>();
    for (Message message : messages) {
      ids.add(message.getJMSMessageID());
    }
    return ids;
  }

  private static <T> T fake(Class<T> type, Map<String, Consumer<Object[]>> calls) {
    return fake(
        type,
        (proxy, method, arguments) -> {
          calls.getOrDefault(method.getName(), any -> {}).accept(arguments);
          return null;
        });
  }

  private static <T> T fake(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}

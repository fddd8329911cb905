package io.handfast.message;

import io.handfast.transaction.Trace;
import jakarta.jms.Connection;
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
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.utils.CompositeAddress;
import org.jspecify.annotations.Nullable;

/**
 * One queue, the queues that are sent to, and a local session on them, in memory.
 *
 * <p>What is received or sent is in hand until {@code commit}, which is traced as "acknowledge"; a
 * commit that is to fail loses nothing but the messages' acknowledgement.
 */
public final class FakeBroker {

  private static final SessionShared SHARED =
      new SessionShared(
          new Targets(address -> null),
          new SendWatch(queue -> {}),
          new ByteBudget(Long.MAX_VALUE),
          Long.MAX_VALUE);

  private final Trace trace;
  private final Deque<FakeMessages.Fake> waiting = new ArrayDeque<>();
  private final List<FakeMessages.Fake> inFlight = new ArrayList<>();
  private final Map<String, List<ClientMessage>> uncommitted = new HashMap<>();
  private final Map<String, List<ClientMessage>> sent = new HashMap<>();
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
  public List<String> left() {
    List<FakeMessages.Fake> left = new ArrayList<>(inFlight);
    left.addAll(waiting);
    return ids(left);
  }

  /** The messages that were sent to a queue and committed, by the id that they stand for. */
  public List<String> sentTo(String queue) {
    List<String> ids = new ArrayList<>();
    for (ClientMessage message : sent.getOrDefault(queue, List.of())) {
      ids.add(String.valueOf(message.getObjectProperty(MessageHeaders.ID)));
    }
    return ids;
  }

  /** A session that has subscribed to the queue. */
  public MessageSession open() throws BrokerException {
    Connection connection = fake(Connection.class, Map.of("close", any -> giveBack()));
    ClientSession session =
        fake(
            ClientSession.class,
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "createConsumer" -> fake(ClientConsumer.class, this::receive);
                  case "createProducer" -> fake(ClientProducer.class, this::send);
                  case "createMessage" -> new FakeMessages.Fake((byte) arguments[0], "copy");
                  case "queueQuery" -> exists((SimpleString) arguments[0]);
                  case "commit" -> commit();
                  case "rollback" -> giveBack();
                  default -> null;
                });
    MessageSession opened =
        new MessageSession(connection, session, source -> {}, null, Intake.BUFFERED, SHARED);
    opened.consume(Source.ofQueue("orders"));
    return opened;
  }

  private static ClientSession.QueueQuery exists(SimpleString queue) {
    return fake(
        ClientSession.QueueQuery.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "isExists" -> true;
              case "getAddress" -> queue;
              case "getRoutingType" -> RoutingType.ANYCAST;
              default -> method.getReturnType() == boolean.class ? false : null;
            });
  }

  private @Nullable Object receive(
      Object proxy, java.lang.reflect.Method method, Object[] arguments) {
    if (method.getName().equals("isClosed")) {
      return false;
    }
    if (!method.getName().equals("receive")) {
      return null;
    }
    if (inFlight.isEmpty()) {
      trace.add("receive");
    }
    FakeMessages.Fake next = waiting.poll();
    if (next != null) {
      inFlight.add(next);
    }
    return next;
  }

  private @Nullable Object send(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
    if (method.getName().equals("send")) {
      String queue = CompositeAddress.extractQueueName(String.valueOf(arguments[0]));
      trace.add("send to " + queue);
      uncommitted
          .computeIfAbsent(queue, any -> new ArrayList<>())
          .add((ClientMessage) arguments[1]);
    }
    return null;
  }

  private @Nullable Object commit() throws ActiveMQException {
    trace.add("acknowledge");
    if (--failingCommit == 0) {
      throw new ActiveMQException("the reply is lost");
    }
    inFlight.clear();
    uncommitted.forEach(
        (queue, messages) ->
            sent.computeIfAbsent(queue, any -> new ArrayList<>()).addAll(messages));
    uncommitted.clear();
    return null;
  }

  private @Nullable Object giveBack() {
    trace.add("give back");
    List<FakeMessages.Fake> again = new ArrayList<>(inFlight);
    again.addAll(waiting);
    waiting.clear();
    waiting.addAll(again);
    inFlight.clear();
    uncommitted.clear();
    return null;
  }

  private static List<String> ids(Collection<FakeMessages.Fake> messages) {
    return messages.stream().map(FakeMessages.Fake::id).toList();
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

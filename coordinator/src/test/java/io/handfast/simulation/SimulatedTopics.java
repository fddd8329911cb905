package io.handfast.simulation;

import io.handfast.message.BrokerException;
import io.handfast.message.InMemoryKafka;
import io.handfast.message.PositionedSession;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceCapabilities;
import io.handfast.message.SourceConnector;
import io.handfast.message.SourceSession;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One process' way to topics with partitions: calls that ask for anything go through the network.
 */
final class SimulatedTopics implements SourceConnector {

  /** Those that ask nothing: they are about what the session knows. */
  private static final Set<String> LOCAL =
      Set.of(
          "settled",
          "requireConsumer",
          "whenLost",
          "received",
          "assigned",
          "again",
          "begin",
          "rollback");

  private final InMemoryKafka kafka;
  private final SimulatedProcess process;
  private final Network network;
  private final List<OneConnection> connections = new ArrayList<>();

  SimulatedTopics(InMemoryKafka kafka, SimulatedProcess process, Network network) {
    this.kafka = kafka;
    this.process = process;
    this.network = network;
  }

  /** The process is gone, and its sessions with it. */
  void crash() {
    List.copyOf(connections).forEach(OneConnection::cut);
  }

  /** The process stands still: the group gives its partitions to others. */
  void suspend() {
    for (OneConnection connection : List.copyOf(connections)) {
      if (connection.session != null) {
        kafka.expel(connection.session);
      }
    }
  }

  /** A connection with a session. */
  private final class OneConnection implements Connection {

    private @Nullable PositionedSession session;
    private boolean isLost;

    @Override
    public void cut() {
      isLost = true;
      connections.remove(this);
      if (session != null) {
        session.abandon();
      }
    }

    @Override
    public void leave() {
      isLost = true;
      connections.remove(this);
    }
  }

  @Override
  public PositionedSession openPositioned() throws BrokerException {
    OneConnection connection = new OneConnection();
    try {
      network.call(
          process,
          PositionedSession.SOURCE,
          "open",
          connection,
          () -> {
            connection.session = kafka.openPositioned();
            connections.add(connection);
            return connection.session;
          });
    } catch (Exception e) {
      throw new BrokerException(String.valueOf(e.getMessage()), e);
    }
    PositionedSession opened = Objects.requireNonNull(connection.session);
    return (PositionedSession)
        Proxy.newProxyInstance(
            PositionedSession.class.getClassLoader(),
            new Class<?>[] {PositionedSession.class},
            (proxy, method, arguments) -> invoke(opened, method, arguments, connection));
  }

  private Object invoke(
      PositionedSession target,
      Method method,
      @Nullable Object[] arguments,
      OneConnection connection)
      throws Throwable {
    String name = method.getName();
    if (name.equals("close") || name.equals("abandon")) {
      process.requireAlive();
      if (!connection.isLost) {
        connection.cut();
      }
      return null;
    }
    if (LOCAL.contains(name) || method.getDeclaringClass() == Object.class) {
      return answer(target, method, arguments);
    }
    if (name.equals("wakeUp")) {
      target.wakeUp();
      return null;
    }
    try {
      if (connection.isLost) {
        throw new LostCallException("the connection is lost");
      }
      return network.call(
          process,
          PositionedSession.SOURCE,
          name,
          connection,
          () -> {
            try {
              return answer(target, method, arguments);
            } catch (Exception | Error e) {
              throw e;
            } catch (Throwable e) {
              throw new IllegalStateException(e);
            }
          });
    } catch (LostCallException e) {
      if (name.equals("tell")) {
        return null; // which says nothing where it fails
      }
      throw new BrokerException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Object answer(
      PositionedSession target, Method method, @Nullable Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Override
  public SourceCapabilities capabilities() {
    return kafka.capabilities();
  }

  @Override
  public @Nullable String selectorProblem(String selector) {
    return kafka.selectorProblem(selector);
  }

  @Override
  public SourceSession openLocal(Prefetch intake) throws BrokerException {
    return kafka.openLocal(intake);
  }

  @Override
  public SourceSession openXa(Prefetch intake) throws BrokerException {
    return kafka.openXa(intake);
  }
}

package io.handfast.simulation;

import io.handfast.message.Broker;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.BrokerSettings;
import io.handfast.message.InMemoryBroker;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceCapabilities;
import io.handfast.message.SourceSession;
import io.handfast.participant.Fence;
import io.handfast.participant.NamedXaResource;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.XaFailures;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/** One process' way to the broker: every call of its ports goes through the network. */
final class SimulatedBroker implements Broker {

  /** Those of a session that ask the broker nothing. */
  private static final Set<String> LOCAL =
      Set.of(
          "expect",
          "settled",
          "requireConsumer",
          "whenLost",
          "scope",
          "facts",
          "isSameRM",
          "toString",
          "hashCode");

  private final InMemoryBroker broker;
  private final SimulatedProcess process;
  private final Network network;
  private final List<OneConnection> connections = new ArrayList<>();
  private final List<Claim> claims = new ArrayList<>();

  SimulatedBroker(InMemoryBroker broker, SimulatedProcess process, Network network) {
    this.broker = broker;
    this.process = process;
    this.network = network;
  }

  /** The process is gone: so are its connections and its claims. */
  void crash() {
    List.copyOf(connections).forEach(OneConnection::cut);
    claims.forEach(Claim::cut);
  }

  /** The process stands still: the broker takes its node's name for free. */
  void suspend() {
    claims.stream().filter(Claim::isGranted).forEach(Claim::cut);
  }

  /** A connection with a session. */
  private final class OneConnection implements Connection {

    private @Nullable SourceSession session;
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

  private Object call(OneConnection connection, String name, Call call) throws Exception {
    if (connection.isLost) {
      throw new LostCallException("the connection is lost");
    }
    return network.call(process, NAME, name, connection, call);
  }

  private <T> T watched(Class<T> port, T target, OneConnection connection) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> invoke(target, method, arguments, connection)));
  }

  private Object invoke(
      Object target, Method method, @Nullable Object[] arguments, OneConnection connection)
      throws Throwable {
    String name = method.getName();
    if (LOCAL.contains(name) || method.getDeclaringClass() == Object.class) {
      return method.invoke(target, arguments);
    }
    if (name.equals("close") || name.equals("abandon")) {
      process.requireAlive();
      if (!connection.isLost) {
        connection.cut();
      }
      return null;
    }
    try {
      return call(
          connection,
          name,
          () -> {
            try {
              return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
              if (e.getCause() instanceof Exception failure) {
                throw failure;
              }
              throw new IllegalStateException(e.getCause());
            }
          });
    } catch (LostCallException e) {
      throw lost(method, e);
    }
  }

  /** As the client library tells it. */
  private static Throwable lost(Method method, LostCallException lost) {
    for (Class<?> declared : method.getExceptionTypes()) {
      if (declared == XAException.class) {
        return XaFailures.of(XAException.XAER_RMFAIL, lost.getMessage(), lost);
      }
    }
    return new BrokerException(String.valueOf(lost.getMessage()), lost);
  }

  private SourceSession open(String name, boolean isXa) throws BrokerException {
    OneConnection connection = new OneConnection();
    try {
      call(
          connection,
          name,
          () -> {
            connection.session =
                isXa ? broker.openXa(Prefetch.BUFFERED) : broker.openLocal(Prefetch.BUFFERED);
            connections.add(connection);
            return connection.session;
          });
    } catch (Exception e) {
      throw new BrokerException(String.valueOf(e.getMessage()), e);
    }
    SourceSession opened = Objects.requireNonNull(connection.session);
    SourceSession session = watched(SourceSession.class, opened, connection);
    if (!isXa) {
      return session;
    }
    NamedXaResource known = opened.xaResource();
    NamedXaResource resource =
        new NamedXaResource(
            known.participant(), known.identity(), watched(XAResource.class, known, connection));
    return (SourceSession)
        Proxy.newProxyInstance(
            SourceSession.class.getClassLoader(),
            new Class<?>[] {SourceSession.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("xaResource")) {
                return resource;
              }
              try {
                return method.invoke(session, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public SourceSession openLocal(Prefetch prefetch) throws BrokerException {
    return open("open local", false);
  }

  @Override
  public SourceSession openXa(Prefetch prefetch) throws BrokerException {
    return open("open", true);
  }

  @Override
  public RecoverySession openForRecovery() throws ParticipantUnavailableException {
    OneConnection connection = new OneConnection();
    RecoverySession session =
        (RecoverySession) asking(connection, "open for recovery", broker::openForRecovery);
    return watched(RecoverySession.class, session, connection);
  }

  private Object asking(Connection connection, String name, Call call)
      throws ParticipantUnavailableException {
    try {
      return network.call(process, NAME, name, connection, call);
    } catch (ParticipantUnavailableException e) {
      throw e;
    } catch (Exception e) {
      throw new ParticipantUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Fence claim(String node) throws NodeNameTakenException, ParticipantUnavailableException {
    Claim claim = new Claim();
    claims.add(claim); // before the call: a crash within it ends the claim as well
    asking(claim, "claim", () -> claim.fence = broker.claim(node));
    return claim;
  }

  /** A connection that holds the node's name. */
  private final class Claim implements Connection, Fence {

    private @Nullable Fence fence;
    private boolean isLost;

    @Override
    public void cut() {
      isLost = true;
      Fence held = fence;
      fence = null;
      if (held != null) {
        held.close();
      }
    }

    @Override
    public void leave() {
      isLost = true;
    }

    /** Whether the broker has granted it, and it was not lost since. */
    private boolean isGranted() {
      return fence != null;
    }

    @Override
    public boolean isHeld() {
      if (isLost || fence == null) {
        return false;
      }
      try {
        Fence held = fence;
        return (Boolean) network.call(process, NAME, "is held", this, held::isHeld);
      } catch (Exception e) {
        return false;
      }
    }

    @Override
    public void close() {
      if (process.isAlive() && !isLost) {
        cut();
      }
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public SourceCapabilities capabilities() {
    return broker.capabilities();
  }

  @Override
  public @Nullable String selectorProblem(String selector) {
    return broker.selectorProblem(selector);
  }

  @Override
  public BrokerSettings settings() {
    return broker.settings();
  }

  @Override
  public @Nullable String targetProblem(String queue, boolean isForAll) {
    return null;
  }

  @Override
  public Set<String> blockedQueues() {
    return Set.of();
  }

  @Override
  public BrokerAdministration openAdministration() {
    return broker.openAdministration();
  }
}

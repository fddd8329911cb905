package io.handfast.artemis;

import io.handfast.message.AddressRules;
import io.handfast.message.BlockedSends;
import io.handfast.message.Broker;
import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.message.BrokerSettings;
import io.handfast.message.ByteBudget;
import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceCapabilities;
import io.handfast.message.SourceCapabilities.Capability;
import io.handfast.message.TargetRefusedException;
import io.handfast.participant.BranchFact;
import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.ParticipantRefusedException;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.RecoverySession.Scope;
import io.handfast.participant.Secrets;
import io.handfast.participant.XaRecoverySession;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.api.core.ActiveMQDisconnectedException;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.core.client.impl.TopologyMemberImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.apache.activemq.artemis.selector.filter.FilterException;
import org.apache.activemq.artemis.selector.impl.SelectorParser;
import org.jspecify.annotations.Nullable;

/**
 * The Artemis broker as a participant and as a factory of sessions.
 *
 * <p>Safe for use by many threads. Each session opened here has a connection of its own, so that
 * one that breaks takes no other along; its owner discards it and opens another.
 */
public final class ArtemisBroker implements Broker {

  private static final SourceCapabilities CAPABILITIES =
      SourceCapabilities.of(
          "artemis",
          Capability.BRANCHES,
          Capability.SENDS,
          Capability.TOPICS,
          Capability.GROUPS,
          Capability.SELECTORS,
          Capability.HOLDS_BACK);

  /** A call that takes longer is given up, and so is a connection that gets no answer. */
  private static final long CALL_TIMEOUT_MILLIS = 10_000;

  private final BrokerSettings settings;
  private final MessageLimits limits;
  private final SendWatch sends;
  private final TargetProbe probes = new TargetProbe();
  private final SessionContext shared;

  /**
   * Connects to nothing yet.
   *
   * @param blockedSends is told where the broker takes no messages
   * @throws IllegalArgumentException the URL is not an Artemis connection URL
   */
  public ArtemisBroker(BrokerSettings settings, MessageLimits limits, BlockedSends blockedSends) {
    this.settings = settings;
    this.limits = limits;
    this.sends = new SendWatch(this::probe, blockedSends);
    this.shared =
        new SessionContext(
            new TargetQueues(this::rulesOf),
            sends,
            new ByteBudget(limits.inFlight()),
            limits.unit());
    factory().close();
  }

  private void probe(String queue) throws BrokerException {
    try (ArtemisSession session = openLocal(Prefetch.ON_DEMAND)) {
      session.probe(queue);
    }
  }

  @Override
  public Set<String> blockedQueues() {
    return sends.blocked();
  }

  private ActiveMQXAConnectionFactory factory() {
    ActiveMQXAConnectionFactory factory;
    try {
      factory = new ActiveMQXAConnectionFactory(settings.url());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("not an Artemis connection URL: " + settings.safeUrl());
    }
    // Sends belong to a transaction, whose commit reports what went wrong with them.
    factory.setBlockOnDurableSend(false);
    factory.setBlockOnNonDurableSend(false);
    // A client that reconnects by itself hides that the branch in flight is gone.
    if (!settings.url().contains("reconnectAttempts=")) {
      factory.setReconnectAttempts(0);
    }
    if (!settings.url().contains("callTimeout=")) {
      factory.setCallTimeout(CALL_TIMEOUT_MILLIS);
    }
    return factory;
  }

  /**
   * Opens a connection with a factory of its own, which {@link #closeQuietly} closes with it.
   *
   * <p>A factory opens one connection after the other, and does not notice that one is lost before
   * the broker has said who else is in its cluster (Artemis 2.53 to 2.56, {@code
   * ServerLocatorImpl.createSessionFactory}). With one factory for all, a single way to a broker
   * that accepts and then says nothing, such as a load balancer before a passive one, would let
   * every caller wait in line for that.
   */
  private XAConnection connect(Consumer<ActiveMQXAConnectionFactory> configuration)
      throws BrokerException {
    ActiveMQXAConnectionFactory factory = factory();
    configuration.accept(factory);
    boolean isOpen = false;
    try {
      XAConnection connection =
          CoreCalls.call(
              () -> factory.createXAConnection(settings.username(), settings.password()));
      isOpen = true;
      return connection;
    } finally {
      if (!isOpen) {
        factory.close();
      }
    }
  }

  private XAConnection connect(Prefetch intake) throws BrokerException {
    return connect(
        factory -> {
          if (intake == Prefetch.ON_DEMAND) {
            // A client that asks for single messages must not hold others that it did not ask for.
            factory.setConsumerWindowSize(0);
          } else if (!settings.url().contains("consumerWindowSize=")) {
            factory.setConsumerWindowSize(limits.prefetch());
          }
        });
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public SourceCapabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public @Nullable String selectorProblem(String selector) {
    try {
      SelectorParser.parse(selector);
      return null;
    } catch (FilterException e) {
      // The text is the message; what is wrong with it is in the cause, on its first line.
      String why = e.getCause() == null ? null : e.getCause().getMessage();
      return why == null ? "it cannot be read" : why.lines().findFirst().orElse("").strip();
    }
  }

  @Override
  public BrokerSettings settings() {
    return settings;
  }

  @Override
  public ArtemisSession openXa(Prefetch intake) throws BrokerException {
    return openXa(connect(intake), intake);
  }

  private ArtemisSession openXa(XAConnection connection, Prefetch intake) throws BrokerException {
    try {
      XASession session = CoreCalls.call(connection::createXASession);
      CoreCalls.run(connection::start);
      return new ArtemisSession(connection, session, session.getXAResource(), intake, shared);
    } catch (BrokerException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  @Override
  public ArtemisSession openLocal(Prefetch intake) throws BrokerException {
    Connection connection = connect(intake);
    try {
      Session session = CoreCalls.call(() -> connection.createSession(Session.SESSION_TRANSACTED));
      CoreCalls.run(connection::start);
      return new ArtemisSession(connection, session, null, intake, shared);
    } catch (BrokerException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  private @Nullable AddressRules rulesOf(String address) {
    try (ArtemisAdministration management = openAdministration()) {
      return management.rulesOfAddress(address);
    } catch (BrokerException e) {
      return null; // unknown: the checks say of the broker's management that it does not answer
    }
  }

  @Override
  public @Nullable String targetProblem(String queue, boolean isForAll) throws BrokerException {
    // Where an address is full the client waits, if it counts what it may send.
    XAConnection connection = connect(factory -> factory.setProducerWindowSize(-1));
    try (ArtemisSession session = openXa(connection, Prefetch.ON_DEMAND)) {
      session.requireKept(queue);
      if (isForAll) {
        session.requireUnfiltered(queue);
      }
      return probes.problem(session, queue);
    } catch (TargetRefusedException e) {
      return e.rule();
    } catch (BrokerAccessException e) {
      return "a queue that this user may use: " + e.getMessage();
    }
  }

  @Override
  public ArtemisAdministration openAdministration() throws BrokerException {
    // A user without the right is told so, and does not wait for an answer that never comes.
    return new ArtemisAdministration(
        connect(factory -> factory.setBlockOnDurableSend(true)), sends);
  }

  @Override
  public RecoverySession openForRecovery() throws ParticipantUnavailableException {
    try {
      XAConnection connection = connect(Prefetch.BUFFERED);
      try {
        XASession session = CoreCalls.call(connection::createXASession);
        return new XaRecoverySession(
            probes.ending(session.getXAResource()),
            new Scope(identity(connection), ""), // it lists the branches of all users
            this::facts,
            () -> closeQuietly(connection));
      } catch (BrokerException | RuntimeException e) {
        closeQuietly(connection);
        throw e;
      }
    } catch (BrokerException e) {
      throw unavailable(e);
    }
  }

  private List<BranchFact> facts(Collection<Xid> branches) throws BrokerException {
    if (branches.isEmpty()) {
      return List.of();
    }
    try (ArtemisAdministration management = openAdministration()) {
      return management.preparedBranches(branches);
    }
  }

  @Override
  public Fence claim(String node) throws ParticipantUnavailableException {
    String clientId = BrokerFence.clientId(node);
    try {
      XAConnection connection = connect(BrokerFence::configure);
      Optional<Fence> fence = BrokerFence.claim(connection, clientId);
      if (fence.isPresent()) {
        return fence.get();
      }
    } catch (BrokerException e) {
      throw unavailable(e);
    }
    throw new NodeNameTakenException(node, NAME, connectionOf(clientId));
  }

  /** A refused user is told apart from an outage: only the first waits for an operator. */
  private ParticipantUnavailableException unavailable(BrokerException e) {
    String answer = Secrets.hidden(String.valueOf(e.getMessage()));
    return e instanceof BrokerAccessException
        ? new ParticipantRefusedException("broker " + settings + " refuses this node: " + answer, e)
        : new ParticipantUnavailableException("broker " + settings + ": " + answer, e);
  }

  private @Nullable String connectionOf(String clientId) {
    try (ArtemisAdministration management = openAdministration()) {
      return management.connectionOf(clientId).orElse(null);
    } catch (BrokerException e) {
      return null; // the user may not manage the broker
    }
  }

  /**
   * The node id of the broker that a connection leads to, which it keeps in its journal and shares
   * with its back-up; empty where it cannot be told, as in a cluster behind an address that none of
   * its connectors has. The broker has sent it while the connection was opened.
   */
  static String identity(Connection connection) {
    if (!(connection instanceof ActiveMQConnection artemis)) {
      return "";
    }
    ClientSessionFactory factory = artemis.getSessionFactory();
    Collection<TopologyMemberImpl> members = factory.getServerLocator().getTopology().getMembers();
    return members.stream()
        .filter(member -> members.size() == 1 || member.isMember(factory.getConnection()))
        .map(TopologyMemberImpl::getNodeId)
        .findFirst()
        .orElse("");
  }

  /**
   * Loses a connection of this broker's, and closes its factory. What is not prepared is undone at
   * once; a session that is closed in order leaves its branch to the broker's time-out of five
   * minutes, messages included (Artemis 2.53 to 2.56, {@code ServerSessionImpl.doClose}).
   */
  static void lose(Connection connection) {
    try {
      if (connection instanceof ActiveMQConnection artemis) {
        artemis
            .getSessionFactory()
            .getConnection()
            .fail(new ActiveMQDisconnectedException("given up on by this node"));
      }
    } catch (RuntimeException e) {
      // Such as where its factory is closed already: what is left of it is closed below.
    } finally {
      closeQuietly(connection);
    }
  }

  /** Closes a connection of this broker's, and its factory. */
  static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (JMSException | RuntimeException e) { // Artemis throws JMSRuntimeException too
      // A connection that cannot be closed is already gone, and its unprepared work with it.
    }
    if (connection instanceof ActiveMQConnection artemis) {
      artemis.getSessionFactory().getServerLocator().close();
    }
  }
}

package io.handfast.message;

import io.handfast.participant.BranchFact;
import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.Participant;
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
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.api.core.ActiveMQDisconnectedException;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.core.client.impl.TopologyMemberImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * An Artemis broker as a participant, and the door to every kind of session on it.
 *
 * <p>Safe for use by many threads. Each session opened here has a connection of its own, so that
 * one that breaks takes no other along; whoever opened it discards it and opens another.
 */
public final class Broker implements Participant {

  /** The broker's name in branch ids, log and API. */
  public static final String NAME = "broker";

  /** A call that takes longer is given up, and so is a connection that gets no answer. */
  private static final long CALL_TIMEOUT_MILLIS = 10_000;

  private final BrokerSettings settings;
  private final MessageLimits limits;
  private final SendWatch sends = new SendWatch(this::probe);
  private final SessionShared shared;

  /**
   * Connects to nothing yet.
   *
   * @throws IllegalArgumentException the URL is not an Artemis connection URL
   */
  public Broker(BrokerSettings settings, MessageLimits limits) {
    this.settings = settings;
    this.limits = limits;
    this.shared =
        new SessionShared(
            new Targets(this::rulesOf), sends, new ByteBudget(limits.inFlight()), limits.unit());
    factory().close();
  }

  private void probe(String queue) throws BrokerException {
    try (MessageSession session = openLocal(Intake.ON_DEMAND)) {
      session.probe(queue);
    }
  }

  /** Says who is told where the broker takes no messages. */
  public void whenBlocked(BlockedSends listener) {
    sends.listen(listener);
  }

  /** The queues that the broker takes no messages for, since its disk or the address is full. */
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
    // A client that reconnects by itself hides that the branch in hand is gone.
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
   * the broker has said who else is in its cluster (Artemis 2.53.0, {@code
   * ServerLocatorImpl.createSessionFactory}). With one factory for all, a single way to a broker
   * that accepts and then says nothing, such as a load balancer before a passive one, would let
   * everybody wait in line for that.
   */
  private XAConnection connect(Consumer<ActiveMQXAConnectionFactory> configuration)
      throws BrokerException {
    ActiveMQXAConnectionFactory factory = factory();
    configuration.accept(factory);
    boolean isOpen = false;
    try {
      XAConnection connection =
          Core.call(() -> factory.createXAConnection(settings.username(), settings.password()));
      isOpen = true;
      return connection;
    } finally {
      if (!isOpen) {
        factory.close();
      }
    }
  }

  private XAConnection connect(Intake intake) throws BrokerException {
    return connect(
        factory -> {
          if (intake == Intake.ON_DEMAND) {
            // Whoever asks for single messages must not hold others that nobody asked for.
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

  public BrokerSettings settings() {
    return settings;
  }

  /** Opens a session whose messages are acknowledged and sent inside an XA branch. */
  public MessageSession openXa(Intake intake) throws BrokerException {
    return openXa(connect(intake), intake);
  }

  private MessageSession openXa(XAConnection connection, Intake intake) throws BrokerException {
    try {
      XASession session = Core.call(connection::createXASession);
      Core.run(connection::start);
      return session(connection, session, session.getXAResource(), intake);
    } catch (BrokerException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  /** Opens a session whose messages are acknowledged and sent by its own local commit. */
  public MessageSession openLocal(Intake intake) throws BrokerException {
    Connection connection = connect(intake);
    try {
      Session session = Core.call(() -> connection.createSession(Session.SESSION_TRANSACTED));
      Core.run(connection::start);
      return session(connection, session, null, intake);
    } catch (BrokerException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  private MessageSession session(
      Connection connection, Session session, @Nullable XAResource branches, Intake intake)
      throws BrokerException {
    return new MessageSession(
        connection,
        ((ActiveMQSession) session).getCoreSession(),
        source -> Core.run(() -> subscribe(session, source)),
        branches,
        intake,
        shared);
  }

  private static void subscribe(Session session, Source source) throws JMSException {
    session
        .createSharedDurableConsumer(
            session.createTopic(source.topic()), source.subscription(), source.selector())
        .close();
  }

  private @Nullable AddressRules rulesOf(String address) {
    try (BrokerManagement management = openManagement()) {
      return management.rulesOfAddress(address);
    } catch (BrokerException e) {
      return null; // unknown: the checks say of the broker's management that it does not answer
    }
  }

  /**
   * Why this node's user cannot send to a queue so that its messages are kept: a rule that the
   * queue breaks, or null. Creates a queue that does not exist. What it sends to find out is rolled
   * back.
   *
   * @param isForAll whether the queue must take messages of any kind
   * @throws BrokerException the broker cannot be asked now
   */
  public @Nullable String targetProblem(String queue, boolean isForAll) throws BrokerException {
    // Where an address is full the client waits, if it counts what it may send.
    XAConnection connection = connect(factory -> factory.setProducerWindowSize(-1));
    try (MessageSession session = openXa(connection, Intake.ON_DEMAND)) {
      session.requireKept(queue);
      if (isForAll) {
        session.requireUnfiltered(queue);
      }
      return TargetProbe.problem(session, queue);
    } catch (TargetRefusedException e) {
      return e.rule();
    } catch (BrokerAccessException e) {
      return "a queue that this user may use: " + e.getMessage();
    }
  }

  /** Opens a connection for management requests. */
  public BrokerManagement openManagement() throws BrokerException {
    // Whoever may not ask is told so, instead of waiting for an answer that does not come.
    return new BrokerManagement(connect(factory -> factory.setBlockOnDurableSend(true)), sends);
  }

  @Override
  public RecoverySession openForRecovery() throws ParticipantUnavailableException {
    try {
      XAConnection connection = connect(Intake.BUFFERED);
      try {
        XASession session = Core.call(connection::createXASession);
        return new XaRecoverySession(
            TargetProbe.ending(session.getXAResource()),
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
    try (BrokerManagement management = openManagement()) {
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

  /** A refused user is told apart from an outage: only the first waits for a person. */
  private ParticipantUnavailableException unavailable(BrokerException e) {
    String answer = Secrets.hidden(String.valueOf(e.getMessage()));
    return e instanceof BrokerAccessException
        ? new ParticipantRefusedException("broker " + settings + " refuses this node: " + answer, e)
        : new ParticipantUnavailableException("broker " + settings + ": " + answer, e);
  }

  private @Nullable String connectionOf(String clientId) {
    try (BrokerManagement management = openManagement()) {
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
   * minutes, messages included (Artemis 2.53.0, {@code ServerSessionImpl.doClose}).
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

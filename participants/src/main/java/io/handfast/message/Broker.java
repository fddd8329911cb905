package io.handfast.message;

import io.handfast.participant.BranchFact;
import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.Participant;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
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
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
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

  private final BrokerSettings settings;
  private final ActiveMQXAConnectionFactory factory;
  private final ActiveMQXAConnectionFactory onDemand;
  private final ActiveMQXAConnectionFactory management;
  private final ActiveMQXAConnectionFactory fencing;

  /**
   * Connects to nothing yet.
   *
   * @throws IllegalArgumentException the URL is not an Artemis connection URL
   */
  public Broker(BrokerSettings settings) {
    this.settings = settings;
    this.factory = factory(settings);
    this.onDemand = factory(settings);
    // Whoever asks for single messages must not hold others that nobody asked for.
    onDemand.setConsumerWindowSize(0);
    this.management = factory(settings);
    // Whoever may not ask is told so, instead of waiting for an answer that does not come.
    management.setBlockOnDurableSend(true);
    this.fencing = BrokerFence.configure(factory(settings));
  }

  private static ActiveMQXAConnectionFactory factory(BrokerSettings settings) {
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
    return factory;
  }

  @Override
  public String name() {
    return NAME;
  }

  public BrokerSettings settings() {
    return settings;
  }

  /** Opens a session whose messages are acknowledged and sent inside an XA branch. */
  public MessageSession openXa(Intake intake) throws JMSException {
    XAConnection connection =
        of(intake).createXAConnection(settings.username(), settings.password());
    try {
      XASession session = connection.createXASession();
      connection.start();
      return new MessageSession(connection, session, session.getXAResource(), intake);
    } catch (JMSException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  /** Opens a session whose messages are acknowledged and sent by its own local commit. */
  public MessageSession openLocal(Intake intake) throws JMSException {
    Connection connection = of(intake).createConnection(settings.username(), settings.password());
    try {
      Session session = connection.createSession(Session.SESSION_TRANSACTED);
      connection.start();
      return new MessageSession(connection, session, null, intake);
    } catch (JMSException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  private ActiveMQXAConnectionFactory of(Intake intake) {
    return intake == Intake.BUFFERED ? factory : onDemand;
  }

  /** Opens a connection for management requests. */
  public BrokerManagement openManagement() throws JMSException {
    ActiveMQConnectionFactory plain = management;
    return new BrokerManagement(plain.createConnection(settings.username(), settings.password()));
  }

  @Override
  public RecoverySession openForRecovery() throws ParticipantUnavailableException {
    try {
      XAConnection connection =
          factory.createXAConnection(settings.username(), settings.password());
      try {
        XASession session = connection.createXASession();
        return new XaRecoverySession(session.getXAResource(), this::facts, connection);
      } catch (JMSException | RuntimeException e) {
        closeQuietly(connection);
        throw e;
      }
    } catch (JMSException e) {
      throw new ParticipantUnavailableException(
          "broker " + settings + ": " + Secrets.hidden(e.getMessage()), e);
    }
  }

  private List<BranchFact> facts(Collection<Xid> branches) throws JMSException {
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
      XAConnection connection =
          fencing.createXAConnection(settings.username(), settings.password());
      Optional<Fence> fence = BrokerFence.claim(connection, clientId);
      if (fence.isPresent()) {
        return fence.get();
      }
    } catch (JMSException e) {
      throw new ParticipantUnavailableException("broker " + settings + ": " + e.getMessage(), e);
    }
    throw new NodeNameTakenException(node, NAME, connectionOf(clientId));
  }

  private @Nullable String connectionOf(String clientId) {
    try (BrokerManagement management = openManagement()) {
      return management.connectionOf(clientId).orElse(null);
    } catch (JMSException e) {
      return null; // the user may not manage the broker
    }
  }

  static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (JMSException e) {
      // A connection that cannot be closed is already gone, and its unprepared work with it.
    }
  }
}

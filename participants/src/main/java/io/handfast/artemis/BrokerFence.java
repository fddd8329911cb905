package io.handfast.artemis;

import io.handfast.message.BrokerException;
import io.handfast.participant.Fence;
import io.handfast.participant.XaFailures;
import jakarta.jms.Connection;
import jakarta.jms.XAConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;

/**
 * Claims a node's name as a JMS client id, which a broker grants to one connection at a time.
 *
 * <p>It asks for no rights at the broker. The broker that answers the URL is the one that grants:
 * of a list, only a live server and its backups are one broker.
 */
final class BrokerFence implements Fence {

  /** How long the broker waits for a silent client; it looks every other second. */
  private static final long TIME_TO_LIVE_MILLIS = 10_000;

  private static final long PING_MILLIS = 2_500;
  private static final long CALL_TIMEOUT_MILLIS = 10_000;

  /** Not the format of a transaction's branches: this one is never prepared. */
  private static final int CLAIM_FORMAT = 0x48464E43;

  private final Connection connection;
  private final ClientSession session;
  private final String clientId;

  private BrokerFence(Connection connection, ClientSession session, String clientId) {
    this.connection = connection;
    this.session = session;
    this.clientId = clientId;
  }

  /** The client id that stands for a node; ids are compared whole. */
  static String clientId(String node) {
    return "handfast:" + node;
  }

  /**
   * Makes a factory's connections end when they are lost, whatever the URL says: a client that
   * reconnects, or fails over, sets its client id again without being asked whether it is free.
   */
  static void configure(ActiveMQXAConnectionFactory factory) {
    factory.setReconnectAttempts(0);
    factory.getServerLocator().setFailoverAttempts(0);
    factory.setInitialConnectAttempts(1);
    factory.setConnectionTTL(TIME_TO_LIVE_MILLIS);
    factory.setClientFailureCheckPeriod(PING_MILLIS);
    factory.setCallTimeout(CALL_TIMEOUT_MILLIS);
  }

  /**
   * Holds a client id on a connection of its own, which is closed where that is refused.
   *
   * @return empty where another connection has the client id
   */
  static Optional<Fence> claim(XAConnection connection, String clientId) throws BrokerException {
    boolean isHeld = false;
    try {
      ClientSession session =
          ((ActiveMQSession) CoreCalls.call(connection::createXASession)).getCoreSession();
      isHeld = setAlone(session, clientId);
      return isHeld
          ? Optional.of(new BrokerFence(connection, session, clientId))
          : Optional.empty();
    } catch (ActiveMQException e) {
      throw CoreCalls.failure("the client id cannot be set: " + e.getMessage(), e);
    } catch (XAException e) {
      throw CoreCalls.failure("the client id cannot be set: " + XaFailures.text(e), e);
    } finally {
      if (!isHeld) {
        ArtemisBroker.closeQuietly(connection);
      }
    }
  }

  /**
   * Sets the client id while no other session does: the broker looks for another holder and sets
   * the id in two steps ({@code ServerSessionImpl.addUniqueMetaData}), and of two claims at one
   * moment both succeeded, seen twice in 2000. A branch it adds in one step, to one session.
   */
  private static boolean setAlone(ClientSession session, String clientId)
      throws ActiveMQException, XAException {
    byte[] name = clientId.getBytes(StandardCharsets.UTF_8);
    Xid claiming = new XidImpl(name, CLAIM_FORMAT, name);
    try {
      session.start(claiming, XAResource.TMNOFLAGS);
    } catch (XAException e) {
      if (e.errorCode == XAException.XAER_DUPID) {
        return false;
      }
      throw e;
    }
    try {
      return set(session, clientId);
    } finally {
      session.end(claiming, XAResource.TMSUCCESS);
      session.rollback(claiming);
    }
  }

  private static boolean set(ClientSession session, String clientId) throws ActiveMQException {
    try {
      session.addUniqueMetaData(ClientSession.JMS_SESSION_CLIENT_ID_PROPERTY, clientId);
      return true;
    } catch (ActiveMQException e) {
      if (e.getType() == ActiveMQExceptionType.DUPLICATE_METADATA) {
        return false;
      }
      throw e;
    }
  }

  /** Sets the client id once more: the broker lets the session that has it. */
  @Override
  public synchronized boolean isHeld() {
    try {
      return !session.isClosed() && set(session, clientId);
    } catch (ActiveMQException e) {
      return false;
    }
  }

  @Override
  public void close() {
    ArtemisBroker.closeQuietly(connection);
  }
}

package io.handfast.artemis;

import io.handfast.message.SendAcceptance;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.activemq.artemis.api.core.ActiveMQDuplicateIdException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQIllegalStateException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;

/**
 * Commits a session's sends once under an id, however many sessions use the same id at the same
 * time.
 *
 * <p>Artemis 2.56.0 looks for a duplicate id when a message is routed and remembers it when the
 * transaction has committed ({@code PostOfficeImpl.checkNotBridgeDuplicateID}): of two transactions
 * that are open together both are accepted. Only the ids of its bridges are looked for and taken in
 * one step ({@code DuplicateIDCache.atomicVerify}): such an id is taken from then on, is free again
 * when its transaction rolls back, and stays taken when it commits. So a transaction ends with two
 * messages to an address without queues, which drops them: one is remembered, one is the claim.
 *
 * <ul>
 *   <li>The claim is the last message. Where it is refused the broker rolls the transaction back at
 *       once, and a message that came later would stay in its journal until a restart.
 *   <li>A refused claim does not tell whether the other transaction has committed. What is
 *       remembered does, and is read by a transaction that cannot commit: of its two messages one
 *       is a known duplicate, and the error names the last duplicate.
 *   <li>What is remembered and what is claimed have caches of one size, which are filled alike, so
 *       what is claimed and committed is remembered.
 * </ul>
 */
final class IdClaims {

  /** The address that ids are remembered at. It has no queue. */
  static final String ADDRESS = "handfast.ids";

  private final ClientSession session;

  IdClaims(ClientSession session) {
    this.session = session;
  }

  /**
   * Commits what was sent, unless another transaction of this id has committed or may do so.
   *
   * @param id of letters, digits and hyphens
   * @throws ActiveMQException as for every commit
   */
  SendAcceptance commit(String id) throws ActiveMQException {
    try (ClientProducer ids = session.createProducer(ADDRESS)) {
      ids.send(remembered(id));
      ids.send(claim(id));
      try {
        session.commit();
        return SendAcceptance.NEW;
      } catch (ActiveMQDuplicateIdException e) {
        return SendAcceptance.DUPLICATE;
      } catch (ActiveMQIllegalStateException e) {
        if (!isRolledBack(e)) {
          throw e;
        }
      }
      return isRemembered(ids, id) ? SendAcceptance.DUPLICATE : SendAcceptance.UNDER_WAY;
    }
  }

  /** Whether the broker has ended the transaction before the commit came. */
  private static boolean isRolledBack(ActiveMQIllegalStateException failure) {
    return String.valueOf(failure.getMessage()).contains("ROLLEDBACK");
  }

  private boolean isRemembered(ClientProducer ids, String id) throws ActiveMQException {
    String known = "known-" + UUID.randomUUID();
    ids.send(remembered(known));
    ids.send(claim(known));
    session.commit();
    ids.send(remembered(known));
    ids.send(remembered(id));
    try {
      session.commit();
    } catch (ActiveMQDuplicateIdException e) {
      return String.valueOf(e.getMessage()).contains(id);
    }
    throw new ActiveMQException("the broker has forgotten an id that it was told a moment ago");
  }

  private ClientMessage remembered(String id) {
    ClientMessage remembered = message();
    remembered.putStringProperty(Message.HDR_DUPLICATE_DETECTION_ID, SimpleString.of(id));
    return remembered;
  }

  private ClientMessage claim(String id) {
    ClientMessage claim = message();
    claim.putExtraBytesProperty(
        Message.HDR_BRIDGE_DUPLICATE_ID, id.getBytes(StandardCharsets.UTF_8));
    return claim;
  }

  private ClientMessage message() {
    ClientMessage message = session.createMessage(false);
    message.setRoutingType(RoutingType.MULTICAST); // for others the broker would create a queue
    return message;
  }
}

package io.handfast.message;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.api.core.ActiveMQAddressFullException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a user may send to a queue, by a message that is never committed.
 *
 * <p>A send within a transaction is not answered (Artemis 2.53, {@code
 * ClientSessionImpl.internalCreateProducer}), and a roll-back hides what went wrong with it: only
 * the answer to a prepare tells. The message is not persistent, so a branch that a crash leaves
 * prepared is in the broker's memory alone, and holds nothing that a consumer waits for.
 */
final class TargetProbe {

  /** Not the format of a transaction's branches, so that no recovery takes it for one. */
  private static final int FORMAT = 0x48465054;

  private TargetProbe() {}

  /** The rule that the queue breaks, or null. */
  static @Nullable String problem(MessageSession session, String queue) throws BrokerException {
    byte[] name = ("probe:" + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
    Xid branch = new XidImpl(name, FORMAT, name);
    XAResource resource = session.branches();
    try {
      resource.start(branch, XAResource.TMNOFLAGS);
      session.sendProbe(queue);
      resource.end(branch, XAResource.TMSUCCESS);
      resource.prepare(branch);
      resource.rollback(branch);
      return null;
    } catch (XAException e) {
      return problem(e);
    }
  }

  private static @Nullable String problem(XAException refused) throws BrokerException {
    for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
      if (cause instanceof ActiveMQSecurityException) {
        return "a queue that this user may send to: " + cause.getMessage();
      }
      if (cause instanceof ActiveMQAddressFullException) {
        return null; // now, which is no reason to refuse it
      }
    }
    throw new BrokerException("the broker cannot say who may send: " + refused, refused);
  }
}

package io.handfast.artemis;

import io.handfast.message.BrokerException;
import io.handfast.participant.ForwardingXaResource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
 * prepared is in the broker's memory alone, and holds nothing that a consumer waits for; the next
 * scan of any node takes it away.
 */
final class TargetProbe {

  /** Not the format of a transaction's branches, so that no recovery takes it for one. */
  private static final int FORMAT = 0x48465054;

  private TargetProbe() {}

  /** The rule that the queue breaks, or null. */
  static @Nullable String problem(ArtemisSession session, String queue) throws BrokerException {
    byte[] name = ("probe:" + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
    Xid branch = new XidImpl(name, FORMAT, name);
    XAResource resource = session.branches();
    try {
      resource.start(branch, XAResource.TMNOFLAGS);
      session.sendProbe(queue);
      resource.end(branch, XAResource.TMSUCCESS);
      resource.prepare(branch);
      rollBack(resource, branch);
      return null;
    } catch (XAException e) {
      return problem(e);
    }
  }

  /** Ends a branch that has told what it was for; a scan may have been faster. */
  private static void rollBack(XAResource resource, Xid branch) throws XAException {
    try {
      resource.rollback(branch);
    } catch (XAException e) {
      if (e.errorCode != XAException.XAER_NOTA) {
        throw e;
      }
    }
  }

  /** A resource that rolls branches of this class back where it finds them, and lists the rest. */
  static XAResource ending(XAResource resource) {
    return new ForwardingXaResource<>(resource) {

      @Override
      public Xid[] recover(int flag) throws XAException {
        List<Xid> others = new ArrayList<>();
        for (Xid found : super.recover(flag)) {
          if (found.getFormatId() == FORMAT) {
            rollBack(resource, found);
          } else {
            others.add(found);
          }
        }
        return others.toArray(Xid[]::new);
      }
    };
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
    throw Core.failure("the broker cannot say who may send: " + refused, refused);
  }
}

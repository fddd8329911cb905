package io.handfast.artemis;

import io.handfast.concurrent.Deadline;
import io.handfast.message.BrokerException;
import io.handfast.participant.ForwardingXaResource;
import io.handfast.participant.XaFailures;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
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
 * <p>A send within a transaction is not answered (Artemis 2.53 to 2.56, {@code
 * ClientSessionImpl.internalCreateProducer}), and a roll-back hides what went wrong with it: only
 * the answer to a prepare tells. The message is not persistent, so a branch that a crash leaves
 * prepared holds nothing that a consumer waits for; the scans of any node take it away.
 *
 * <p>A broker's object finds out, and lists, for all of its sessions. Thread-safe.
 */
final class TargetProbe {

  /** Not the format of a transaction's branches, so that no recovery takes it for one. */
  private static final int FORMAT = 0x48465054;

  /**
   * For how long a scan leaves a branch alone that may belong to a probe at work. Artemis lists a
   * branch as prepared before it has written that, and where the branch is rolled back meanwhile it
   * answers the roll-back alone, and never the prepare (Artemis 2.53 to 2.56, {@code
   * JournalTransaction.setDelegateCompletion}). A call is given up after ten seconds, unless the
   * URL says otherwise.
   */
  private static final Duration AT_WORK = Duration.ofMinutes(1);

  private final Duration atWork;
  private final Map<Xid, Deadline> seen = new HashMap<>();

  TargetProbe() {
    this(AT_WORK);
  }

  TargetProbe(Duration atWork) {
    this.atWork = atWork;
  }

  /** The rule that the queue breaks, or null. */
  @Nullable String problem(ArtemisSession session, String queue) throws BrokerException {
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

  /** A resource that rolls branches back that probes have left, and lists none of a probe. */
  XAResource ending(XAResource resource) {
    return new ForwardingXaResource<>(resource) {

      @Override
      public Xid[] recover(int flag) throws XAException {
        Map<Boolean, List<Xid>> found =
            Arrays.stream(super.recover(flag))
                .collect(Collectors.partitioningBy(branch -> branch.getFormatId() == FORMAT));
        if ((flag & XAResource.TMSTARTRSCAN) != 0) { // other calls list nothing
          for (Xid branch : left(found.get(true))) {
            rollBack(resource, branch);
          }
        }
        return found.get(false).toArray(Xid[]::new);
      }
    };
  }

  /** Those that are listed for longer than a probe takes. */
  private synchronized List<Xid> left(List<Xid> listed) {
    List<Xid> branches = listed.stream().<Xid>map(XidImpl::new).toList(); // compared as values
    seen.keySet().retainAll(branches);
    branches.forEach(branch -> seen.computeIfAbsent(branch, first -> Deadline.after(atWork)));
    return branches.stream().filter(branch -> seen.get(branch).isOver()).toList();
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
    throw CoreCalls.failure(
        "the broker cannot say who may send: " + XaFailures.text(refused), refused);
  }
}

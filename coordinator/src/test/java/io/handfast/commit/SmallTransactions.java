package io.handfast.commit;

import io.handfast.concurrent.Threads;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.UnconfirmedWriteException;
import io.handfast.participant.NamedXaResource;
import io.handfast.participant.PlainXid;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.TransactionId;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * A small engine of two-phase commit without state of its own, which stands in for Atomikos where a
 * simulation decides what happens when: Atomikos is made once a process, and has timers.
 *
 * <p>The same tests run against both. Its branches have no time-out.
 */
public class SmallTransactions implements Transactions {

  private static final Duration LONGEST_PHASE = Duration.ofHours(1);

  private final FileDecisionLog log;
  private final ActiveTransactions active;

  public SmallTransactions(FileDecisionLog log, ActiveTransactions active) {
    this.log = log;
    this.active = active;
  }

  @Override
  public Transaction begin(Duration timeout) {
    return begin(log.identity().nextTransaction());
  }

  @Override
  public Transaction beginForClient(Duration timeout) {
    return begin(log.identity().nextTransactionOfClient());
  }

  private Transaction begin(TransactionId id) {
    active.add(id);
    return new Small(id);
  }

  /** Forces the decision; a simulation without this safeguard does otherwise. */
  protected void decide(TransactionId id, Map<String, String> participants)
      throws UnconfirmedWriteException {
    log.decide(id, participants);
  }

  /** Whether a resource is to take part at all. */
  protected boolean takesPart(NamedXaResource resource) {
    return true;
  }

  /** Every branch has confirmed. */
  protected void confirmed(TransactionId id) {
    log.confirmed(id);
  }

  private static final class Branch {
    private final NamedXaResource resource;
    private final Xid xid;
    private int vote = XAResource.XA_OK;
    private @Nullable XAException failure;

    Branch(NamedXaResource resource, Xid xid) {
      this.resource = resource;
      this.xid = xid;
    }
  }

  private final class Small implements Transaction {

    private final TransactionId id;
    private final Map<String, Branch> branches = new LinkedHashMap<>();

    Small(TransactionId id) {
      this.id = id;
    }

    @Override
    public TransactionId id() {
      return id;
    }

    @Override
    public void enlist(NamedXaResource resource) throws SystemException {
      Branch branch = new Branch(resource, xid(resource.participant()));
      try {
        resource.start(branch.xid, XAResource.TMNOFLAGS);
      } catch (XAException e) {
        throw failed("the branch cannot be started", e);
      }
      if (!takesPart(resource)) {
        return;
      }
      branches.put(resource.participant(), branch);
    }

    private Xid xid(String participant) {
      return PlainXid.of(
          new Xid() {
            @Override
            public int getFormatId() {
              return TransactionId.FORMAT_ID;
            }

            @Override
            public byte[] getGlobalTransactionId() {
              return id.toString().getBytes(StandardCharsets.US_ASCII);
            }

            @Override
            public byte[] getBranchQualifier() {
              return participant.getBytes(StandardCharsets.US_ASCII);
            }
          });
    }

    @Override
    public void end() {
      for (Branch branch : branches.values()) {
        try {
          branch.resource.end(branch.xid, XAResource.TMSUCCESS);
        } catch (XAException e) {
          continue; // the resource remembers, and refuses to prepare
        }
      }
    }

    @Override
    public boolean isOnePhase() {
      return branches.size() < 2;
    }

    @Override
    public void commit()
        throws RollbackException,
            HeuristicMixedException,
            HeuristicRollbackException,
            SystemException {
      if (isOnePhase()) {
        commitInOnePhase();
        return;
      }
      List<Branch> all = List.copyOf(branches.values());
      ask(all, branch -> branch.vote = branch.resource.prepare(branch.xid));
      for (Branch branch : all) {
        if (branch.failure != null) {
          if (rollBack(all)) {
            throw new HeuristicMixedException("a branch has committed by itself");
          }
          throw causedBy(new RollbackException(branch.resource + " did not prepare"), branch);
        }
      }
      List<Branch> prepared = all.stream().filter(b -> b.vote != XAResource.XA_RDONLY).toList();
      if (prepared.isEmpty()) {
        return;
      }
      decide();
      ask(prepared, branch -> branch.resource.commit(branch.xid, false));
      settle(prepared);
    }

    private void commitInOnePhase() throws RollbackException, SystemException {
      for (Branch branch : branches.values()) {
        try {
          branch.resource.commit(branch.xid, true);
        } catch (XAException e) {
          branch.failure = e;
          if (e.errorCode >= XAException.XA_RBBASE && e.errorCode <= XAException.XA_RBEND) {
            throw causedBy(new RollbackException("rolled back by its only participant"), branch);
          }
          throw failed("the only participant did not confirm", e);
        }
      }
    }

    private void decide() throws RollbackException {
      Map<String, String> participants = new TreeMap<>();
      branches
          .values()
          .forEach(b -> participants.put(b.resource.participant(), b.resource.identity()));
      try {
        SmallTransactions.this.decide(id, participants);
      } catch (UnconfirmedWriteException e) { // perhaps it is on disk: nothing may be undone
        RollbackException failure = new RollbackException("the decision is not confirmed");
        failure.initCause(e);
        throw failure;
      }
    }

    private void settle(List<Branch> told)
        throws HeuristicMixedException, HeuristicRollbackException {
      int disobeyed = 0;
      Branch pending = null;
      for (Branch branch : told) {
        int code = branch.failure == null ? XAException.XA_HEURCOM : branch.failure.errorCode;
        if (code == XAException.XA_HEURHAZ) {
          pending = branch;
        } else if (code != XAException.XA_HEURCOM) {
          disobeyed++;
        }
        forget(branch, code);
      }
      if (disobeyed == told.size()) {
        throw new HeuristicRollbackException("every branch rolled back by itself");
      }
      if (disobeyed > 0) {
        throw new HeuristicMixedException("a branch did not commit");
      }
      if (pending != null) {
        throw causedBy(new Pending(), pending);
      }
      confirmed(id);
    }

    private void forget(Branch branch, int code) {
      if (branch.failure != null && code == XAException.XA_HEURCOM) {
        try {
          branch.resource.forget(branch.xid);
        } catch (XAException e) {
          return; // it stays listed, and recovery forgets it
        }
      }
    }

    /** Asks all at the same time, the last one in this thread. */
    private void ask(List<Branch> asked, Question question) {
      List<Runnable> others = new ArrayList<>();
      asked.forEach(branch -> others.add(() -> answer(branch, question)));
      Runnable here = others.remove(others.size() - 1);
      List<Thread> threads = new ArrayList<>();
      others.forEach(other -> threads.add(Threads.start("branch", other)));
      here.run();
      try {
        for (Thread thread : threads) {
          Threads.join(thread, LONGEST_PHASE);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted between two branches", e);
      }
    }

    private static void answer(Branch branch, Question question) {
      try {
        question.of(branch);
      } catch (XAException e) {
        branch.failure = e;
      }
    }

    /** Whether one of them has committed by itself; others that fail recovery finds. */
    private boolean rollBack(List<Branch> all) {
      boolean isCommitted = false;
      for (Branch branch : all) {
        if (branch.vote != XAResource.XA_RDONLY) {
          try {
            branch.resource.rollback(branch.xid);
          } catch (XAException e) {
            isCommitted |=
                e.errorCode == XAException.XA_HEURCOM || e.errorCode == XAException.XA_HEURMIX;
          }
        }
      }
      return isCommitted;
    }

    @Override
    public void rollback() {
      end();
      rollBack(List.copyOf(branches.values()));
    }

    @Override
    public void close() {
      active.remove(id);
    }

    @Override
    public boolean isPending(HeuristicMixedException failure) {
      return failure instanceof Pending;
    }
  }

  @FunctionalInterface
  private interface Question {
    void of(Branch branch) throws XAException;
  }

  private static final class Pending extends HeuristicMixedException {
    private static final long serialVersionUID = 1L;
  }

  private static <X extends Exception> X causedBy(X failure, Branch branch) {
    failure.initCause(branch.failure);
    return failure;
  }

  private static SystemException failed(String what, XAException cause) {
    SystemException failure = new SystemException(what);
    failure.initCause(cause);
    return failure;
  }
}

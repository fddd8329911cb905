package io.handfast.simulation;

import io.handfast.commit.SmallTransactions;
import io.handfast.commit.Transactions;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Inbox;
import io.handfast.database.Marker;
import io.handfast.database.Marker.Slot;
import io.handfast.log.ClientLog;
import io.handfast.log.DecisionLog;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.Retention;
import io.handfast.message.Broker;
import io.handfast.message.PositionedSession;
import io.handfast.message.SourceConnector;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import io.handfast.participant.ForwardingXaResource;
import io.handfast.participant.NamedXaResource;
import io.handfast.simulation.Seeds.Family;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.MarkedBranch;
import io.handfast.transaction.TransactionId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** The safeguards that a simulation must miss, each taken out of a node that is otherwise whole. */
enum Removed {
  THE_DECISION_IS_FORCED(
      new Safeguards() {
        @Override
        boolean isForced() {
          return false;
        }
      }),
  IT_IS_DECIDED_BEFORE_IT_IS_COMMITTED(
      new Safeguards() {
        @Override
        Transactions engine(FileDecisionLog log, ActiveTransactions active) {
          return new SmallTransactions(log, active) {
            @Override
            protected void decide(TransactionId id, Map<String, String> participants) {}
          };
        }
      }),
  A_DECISION_STAYS_UNTIL_ALL_HAVE_CONFIRMED(
      new Safeguards() {
        @Override
        Transactions engine(FileDecisionLog log, ActiveTransactions active) {
          return new SmallTransactions(log, active) {
            @Override
            protected void decide(TransactionId id, Map<String, String> participants)
                throws io.handfast.log.UnconfirmedWriteException {
              super.decide(id, participants);
              confirmed(id);
            }
          };
        }
      }),
  RECOVERY_LEAVES_WHAT_IS_IN_HAND_ALONE(
      new Safeguards() {
        @Override
        ActiveTransactions activeForRecovery(ActiveTransactions active) {
          return new ActiveTransactions();
        }
      }),
  RECOVERY_WAITS_WHERE_THE_LOG_CANNOT_SAY(
      1088,
      new Safeguards() {
        @Override
        DecisionLog recoveryLog(FileDecisionLog log) {
          return certain(log);
        }
      }),
  A_CLIENT_IS_NOT_TOLD_WHAT_THE_LOG_CANNOT_SAY(
      2415,
      new Safeguards() {
        @Override
        DecisionLog protocolLog(FileDecisionLog log) {
          return certain(log);
        }
      }),
  RECOVERY_ROLLS_BACK_WHAT_WAS_NOT_DECIDED(
      new Safeguards() {
        @Override
        DecisionLog recoveryLog(FileDecisionLog log) {
          return answering(log, Verdict.NONE, Verdict.UNKNOWN);
        }
      }),
  AN_OUTCOME_IS_DECIDED_BY_THE_LOG_FOR_ONE_PARTICIPANT_TOO(
      new Safeguards() {
        @Override
        Transactions engine(FileDecisionLog log, ActiveTransactions active) {
          return new SmallTransactions(log, active) {
            @Override
            protected boolean takesPart(NamedXaResource resource) {
              return !resource.participant().equals(Participants.OUTCOME);
            }
          };
        }
      }),
  THE_NAME_OF_A_CLIENTS_TRANSACTION_IS_DURABLE(
      new Safeguards() {
        @Override
        ClientLog clientLog(FileDecisionLog log) {
          return Ports.instead(ClientLog.class, log, "name", arguments -> null);
        }
      }),
  THE_OUTCOME_OF_A_CLIENTS_TRANSACTION_IS_KEPT(
      new Safeguards() {
        @Override
        Retention retention(Retention retention) {
          return Retention.NONE;
        }
      }),
  THE_INBOX_RECOGNISES_COPIES(
      new Safeguards() {
        @Override
        Database database(Database database) {
          return opening(database);
        }
      }),
  MESSAGES_ARE_ACKNOWLEDGED_AFTER_THE_ROWS(
      new Safeguards() {
        @Override
        Broker broker(Broker broker) {
          return Ports.changed(
              Broker.class,
              broker,
              (name, result) ->
                  name.equals("openLocal") ? acknowledging((SourceSession) result) : result);
        }
      }),
  THE_MARKER_IS_WRITTEN_WITH_THE_ROWS(
      new Safeguards() {
        @Override
        Database database(Database database) {
          return Ports.marked(
              database,
              marker ->
                  Ports.instead(
                      Marker.class, marker, "write", arguments -> writeApart(database, arguments)));
        }
      }),
  THE_OWNER_SEES_THAT_ITS_SLOT_WAS_TAKEN(
      2135,
      new Safeguards() {
        @Override
        Database database(Database database) {
          return Ports.marked(
              database,
              marker ->
                  Ports.changed(
                      Marker.class,
                      marker,
                      (call, answer) -> call.equals("write") ? true : answer));
        }
      }),
  TAKING_A_SLOT_OVER_RAISES_ITS_TERM(
      2135,
      new Safeguards() {
        @Override
        boolean isTermRaised() {
          return false;
        }
      }),
  A_LOST_REPLY_IS_ASKED_FOR(
      1212,
      new Safeguards() {
        @Override
        Database askedForReply(Database database) {
          return taken(database, row -> ROLLED_BACK);
        }
      }),
  A_MISSING_ROW_IS_NOT_TAKEN_FOR_ROLLED_BACK(
      new Safeguards() {
        @Override
        Database askedByRecovery(Database database) {
          return taken(database, row -> row.isEmpty() ? ROLLED_BACK : row);
        }
      }),
  THE_BRANCH_IS_PREPARED_BEFORE_THE_DECISION(
      new Safeguards() {
        @Override
        Broker broker(Broker broker) {
          return Ports.branched(broker, PreparedLate::new);
        }
      }),
  AN_UNCONFIRMED_BRANCH_IS_NOT_OVERWRITTEN(
      4406,
      new Safeguards() {
        @Override
        Broker broker(Broker broker) {
          return Ports.branched(broker, Careless::new);
        }
      }),
  A_POSITION_IS_MOVED_FROM_WHERE_ITS_OWNER_LEFT_IT(
      Family.PARTITIONS.first(),
      new Safeguards() {
        @Override
        boolean arePositionsCompared() {
          return false;
        }
      }),
  THE_INBOX_RECOGNISES_WHAT_A_SENDER_REPEATS(
      Family.REPEATS.first(),
      new Safeguards() {
        @Override
        Database database(Database database) {
          return opening(database);
        }
      }),
  IDS_ARE_KEPT_FOR_A_TIME(
      Family.REPEATS.first(),
      new Safeguards() {
        @Override
        Duration keep(Duration keep) {
          return keep.minusHours(2);
        }
      }),
  THE_INBOX_RECOGNISES_WHAT_IS_HANDED_OUT_AGAIN(
      Family.LEASES.first(),
      new Safeguards() {
        @Override
        Database database(Database database) {
          return opening(database);
        }
      }),
  THE_INBOX_RECOGNISES_WHAT_A_CLIENT_HAS_APPLIED(
      Family.PULLED.first(),
      new Safeguards() {
        @Override
        Database database(Database database) {
          return opening(database);
        }
      }),
  A_PARTITION_BEGINS_AGAIN_AFTER_A_UNIT_THAT_DID_NOT_COMMIT(
      Family.PARTITIONS.first(),
      new Safeguards() {
        @Override
        SourceConnector topics(SourceConnector topics) {
          return Ports.changed(
              SourceConnector.class,
              topics,
              (name, result) ->
                  result instanceof PositionedSession session ? goingOn(session) : result);
        }
      }),
  A_FORWARD_IS_MARKED_BESIDE_THE_ROWS(
      Family.FORWARDED.first(),
      new Safeguards() {
        @Override
        Database database(Database database) {
          return Ports.marked(
              database, marker -> Ports.instead(Marker.class, marker, "write", arguments -> true));
        }
      }),
  A_FORWARD_IS_PREPARED_BEFORE_THE_DECISION(
      Family.FORWARDED.first(),
      new Safeguards() {
        @Override
        Broker broker(Broker broker) {
          return Ports.branched(broker, PreparedLate::new);
        }
      }),
  A_FORWARDED_POSITION_IS_MOVED_FROM_WHERE_ITS_OWNER_LEFT_IT(
      Family.FORWARDED.first(),
      new Safeguards() {
        @Override
        boolean arePositionsCompared() {
          return false;
        }
      }),
  THE_REPLY_TO_A_FORWARDING_COMMIT_IS_ASKED_FOR(
      Family.FORWARDED.first(),
      new Safeguards() {
        @Override
        Database askedForReply(Database database) {
          return taken(database, row -> ROLLED_BACK);
        }
      }),
  A_FORWARD_OF_WHAT_WAS_LEASED_IS_MARKED_BESIDE_THE_ROWS(
      Family.FORWARDED_LEASES.first(),
      new Safeguards() {
        @Override
        Database database(Database database) {
          return Ports.marked(
              database, marker -> Ports.instead(Marker.class, marker, "write", arguments -> true));
        }
      }),
  A_FORWARD_OF_WHAT_WAS_LEASED_IS_PREPARED_BEFORE_THE_DECISION(
      Family.FORWARDED_LEASES.first(),
      new Safeguards() {
        @Override
        Broker broker(Broker broker) {
          return Ports.branched(broker, PreparedLate::new);
        }
      }),
  THE_REPLY_TO_A_COMMIT_THAT_FORWARDS_WHAT_WAS_LEASED_IS_ASKED_FOR(
      Family.FORWARDED_LEASES.first(),
      new Safeguards() {
        @Override
        Database askedForReply(Database database) {
          return taken(database, row -> ROLLED_BACK);
        }
      }),
  THE_INBOX_RECOGNISES_WHAT_WAS_FORWARDED(
      Family.FORWARDED_LEASES.first(),
      new Safeguards() {
        @Override
        Database database(Database database) {
          return opening(database);
        }
      });

  /** What the row of a slot says after another unit was committed. */
  private static final Optional<Marker.Row> ROLLED_BACK =
      Optional.of(new Marker.Row(Long.MAX_VALUE, "another", false));

  private final long seed;
  private final Safeguards rest;

  Removed(Safeguards rest) {
    this(1, rest);
  }

  /**
   * A safeguard that few seeds need.
   *
   * @param seed one that was seen to need it, to begin with
   */
  Removed(long seed, Safeguards rest) {
    this.seed = seed;
    this.rest = rest;
  }

  /** The first seed to play. */
  long seed() {
    return seed;
  }

  /** The last seed to play. */
  long last() {
    return Family.of(seed).last();
  }

  /** All others. */
  Safeguards rest() {
    return rest;
  }

  /** Takes what is not known for what was not decided. */
  private static DecisionLog certain(DecisionLog log) {
    return answering(log, Verdict.UNKNOWN, Verdict.NONE);
  }

  private static DecisionLog answering(DecisionLog log, Verdict verdict, Verdict instead) {
    return Ports.changed(
        DecisionLog.class,
        log,
        (name, result) -> name.equals("decisionOf") && result == verdict ? instead : result);
  }

  private static Database opening(Database database) {
    return Ports.changed(
        Database.class,
        database,
        (name, result) ->
            result instanceof DatabaseSession session && name.startsWith("open")
                ? Ports.changed(
                    DatabaseSession.class,
                    session,
                    (call, answer) -> answer instanceof Inbox inbox ? forgetful(inbox) : answer)
                : result);
  }

  private static Inbox forgetful(Inbox inbox) {
    return Ports.changed(
        Inbox.class, inbox, (name, result) -> result instanceof Set<?> ? Set.of() : result);
  }

  private static SourceSession acknowledging(SourceSession session) {
    return Ports.changed(
        SourceSession.class,
        session,
        (name, result) -> {
          if (name.equals("receive")) {
            session.commit();
          }
          return result;
        });
  }

  /** Writes the marker in a transaction of its own. */
  private static boolean writeApart(Database database, Object[] arguments) throws Exception {
    try (DatabaseSession session = database.openLocal()) {
      boolean isMine =
          session.marker().write((Slot) arguments[0], (String) arguments[1], (String) arguments[2]);
      session.commit();
      return isMine;
    }
  }

  private static Database taken(Database database, UnaryOperator<Optional<?>> rows) {
    return Ports.marked(
        database,
        marker ->
            Ports.changed(
                Marker.class,
                marker,
                (call, answer) ->
                    call.equals("takeOver") ? rows.apply((Optional<?>) answer) : answer));
  }

  /** Has no partition begin again. */
  private static PositionedSession goingOn(PositionedSession session) {
    return Ports.instead(PositionedSession.class, session, "again", arguments -> null);
  }

  private static boolean isMarked(Xid branch) {
    return branch.getFormatId() == MarkedBranch.FORMAT_ID;
  }

  /** Prepares a branch of local commit only when it is committed. */
  private static final class PreparedLate extends ForwardingXaResource<XAResource> {

    PreparedLate(XAResource resource) {
      super(resource);
    }

    @Override
    public int prepare(Xid branch) throws XAException {
      return isMarked(branch) ? XA_OK : super.prepare(branch);
    }

    @Override
    public void commit(Xid branch, boolean isOnePhase) throws XAException {
      if (isMarked(branch)) {
        super.prepare(branch);
      }
      super.commit(branch, isOnePhase);
    }
  }

  /** Takes each branch of local commit for committed when it was told so. */
  private static final class Careless extends ForwardingXaResource<XAResource> {

    Careless(XAResource resource) {
      super(resource);
    }

    @Override
    public void commit(Xid branch, boolean isOnePhase) throws XAException {
      try {
        super.commit(branch, isOnePhase);
      } catch (XAException e) {
        if (!isMarked(branch)) {
          throw e;
        }
      }
    }
  }
}

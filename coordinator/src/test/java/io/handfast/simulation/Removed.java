package io.handfast.simulation;

import io.handfast.commit.SmallTransactions;
import io.handfast.commit.Transactions;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Inbox;
import io.handfast.log.ClientLog;
import io.handfast.log.DecisionLog;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.Retention;
import io.handfast.message.Broker;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.TransactionId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;

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
      new Safeguards() {
        @Override
        DecisionLog recoveryLog(FileDecisionLog log) {
          return certain(log);
        }
      }),
  A_CLIENT_IS_NOT_TOLD_WHAT_THE_LOG_CANNOT_SAY(
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
          return without(ClientLog.class, log, "name");
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
          return proxy(
              Broker.class,
              broker,
              (name, result) ->
                  name.equals("openLocal") ? acknowledging((SourceSession) result) : result);
        }
      });

  private final Safeguards rest;

  Removed(Safeguards rest) {
    this.rest = rest;
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
    return proxy(
        DecisionLog.class,
        log,
        (name, result) -> name.equals("decisionOf") && result == verdict ? instead : result);
  }

  private static Database opening(Database database) {
    return proxy(
        Database.class,
        database,
        (name, result) ->
            result instanceof DatabaseSession session && name.startsWith("open")
                ? proxy(
                    DatabaseSession.class,
                    session,
                    (call, answer) -> answer instanceof Inbox inbox ? forgetful(inbox) : answer)
                : result);
  }

  private static Inbox forgetful(Inbox inbox) {
    return proxy(
        Inbox.class, inbox, (name, result) -> result instanceof Set<?> ? Set.of() : result);
  }

  private static SourceSession acknowledging(SourceSession session) {
    return proxy(
        SourceSession.class,
        session,
        (name, result) -> {
          if (name.equals("receive")) {
            session.commit();
          }
          return result;
        });
  }

  private static <T> T without(Class<T> port, T target, String call) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) ->
                method.getName().equals(call) ? null : invoke(method, target, arguments)));
  }

  /** Changes what calls return. */
  @FunctionalInterface
  private interface Change {
    Object of(String call, Object result) throws Exception;
  }

  private static <T> T proxy(Class<T> port, T target, Change change) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) ->
                change.of(method.getName(), invoke(method, target, arguments))));
  }

  private static Object invoke(java.lang.reflect.Method method, Object target, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}

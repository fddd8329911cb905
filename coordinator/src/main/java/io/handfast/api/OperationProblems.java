package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Which problems an operation can answer, by its id in the OpenAPI document. */
final class OperationProblems {

  /** What every operation can answer. */
  private static final List<ProblemType> EVERYWHERE =
      List.of(
          INVALID_REQUEST,
          UNAUTHENTICATED,
          FORBIDDEN,
          FORBIDDEN_HOST,
          FORBIDDEN_ORIGIN,
          NOT_ACCEPTABLE,
          REQUEST_TOO_LARGE,
          NOT_READY,
          SERVICE_UNAVAILABLE,
          INTERNAL_ERROR);

  /** What every call can meet that does something in a transaction. */
  private static final List<ProblemType> IN_TRANSACTION =
      List.of(
          TRANSACTION_NOT_FOUND,
          ROLLED_BACK,
          CANNOT_PREPARE,
          ALREADY_COMMITTED,
          WRONG_NODE,
          BROKER_REFUSED,
          PARTICIPANT_UNAVAILABLE,
          LOG_UNAVAILABLE);

  private static final List<ProblemType> ON_BRANCH =
      List.of(
          BRANCH_NOT_FOUND,
          BRANCH_NOT_OURS,
          BRANCH_IN_USE,
          CONTRADICTS_LOG,
          PARTICIPANT_UNAVAILABLE,
          LOG_UNAVAILABLE);

  private static final Map<String, List<ProblemType>> OF =
      Map.ofEntries(
          Map.entry("listDeliveries", List.of()),
          Map.entry("getDelivery", List.of(DELIVERY_NOT_FOUND)),
          Map.entry(
              "putDelivery",
              List.of(
                  INVALID_DELIVERY,
                  DELIVERY_DECLARED_IN_CONFIGURATION,
                  PRECONDITION_FAILED,
                  BROKER_REFUSED,
                  PARTICIPANT_UNAVAILABLE,
                  DELIVERY_BUSY,
                  DRAINING)),
          Map.entry(
              "deleteDelivery",
              List.of(
                  DELIVERY_NOT_FOUND,
                  DELIVERY_DECLARED_IN_CONFIGURATION,
                  PRECONDITION_FAILED,
                  BROKER_REFUSED,
                  PARTICIPANT_UNAVAILABLE,
                  DELIVERY_BUSY)),
          Map.entry("pauseDelivery", List.of(DELIVERY_NOT_FOUND, DELIVERY_BUSY)),
          Map.entry("resumeDelivery", List.of(DELIVERY_NOT_FOUND, DELIVERY_BUSY, DRAINING)),
          Map.entry(
              "receiveFromDelivery",
              List.of(
                  DELIVERY_NOT_FOUND,
                  DELIVERY_NOT_RUNNING,
                  ROLLED_BACK,
                  CANNOT_PREPARE,
                  ALREADY_COMMITTED,
                  WRONG_NODE,
                  TOO_MANY_TRANSACTIONS,
                  TOO_MANY_TRANSACTIONS_OF_CLIENT,
                  BROKER_REFUSED,
                  PARTICIPANT_UNAVAILABLE,
                  LOG_UNAVAILABLE,
                  DRAINING)),
          Map.entry("listTransactions", List.of()),
          Map.entry(
              "beginTransaction",
              List.of(
                  WRONG_NODE,
                  TOO_MANY_TRANSACTIONS,
                  TOO_MANY_TRANSACTIONS_OF_CLIENT,
                  LOG_UNAVAILABLE,
                  DRAINING)),
          Map.entry("getTransaction", List.of(TRANSACTION_NOT_FOUND, WRONG_NODE)),
          Map.entry("receiveInTransaction", with(IN_TRANSACTION, QUEUE_REFUSED)),
          Map.entry("sendInTransaction", with(IN_TRANSACTION, QUEUE_REFUSED)),
          Map.entry(
              "runStatement",
              with(
                  IN_TRANSACTION,
                  STATEMENT_REFUSED,
                  STATEMENT_TIMEOUT,
                  SECOND_DATABASE,
                  HEURISTIC_OUTCOME)),
          Map.entry("refuseMessage", with(IN_TRANSACTION, MESSAGE_NOT_FOUND)),
          Map.entry("extendTransaction", IN_TRANSACTION),
          Map.entry(
              "commitTransaction",
              List.of(
                  TRANSACTION_NOT_FOUND,
                  ROLLED_BACK,
                  CANNOT_PREPARE,
                  TRANSACTION_OF_DELIVERY,
                  WRONG_NODE,
                  HEURISTIC_OUTCOME)),
          Map.entry(
              "rollbackTransaction",
              List.of(
                  TRANSACTION_NOT_FOUND,
                  ALREADY_COMMITTED,
                  TRANSACTION_OF_DELIVERY,
                  WRONG_NODE,
                  HEURISTIC_OUTCOME)),
          Map.entry("joinTransaction", with(IN_TRANSACTION, PARTICIPANT_REFUSED)),
          Map.entry("getParticipant", List.of(PARTICIPANT_NOT_FOUND)),
          Map.entry("moveParticipant", List.of(PARTICIPANT_NOT_FOUND, LOG_UNAVAILABLE)),
          Map.entry("listNodeParticipants", List.of()),
          Map.entry("getQueue", List.of(BROKER_REFUSED, PARTICIPANT_UNAVAILABLE)),
          Map.entry(
              "sendMessages",
              List.of(
                  QUEUE_REFUSED,
                  SEND_IN_DOUBT,
                  SEND_UNDER_WAY,
                  BROKER_REFUSED,
                  PARTICIPANT_UNAVAILABLE)),
          Map.entry("listDeadLetterQueues", List.of(BROKER_REFUSED, PARTICIPANT_UNAVAILABLE)),
          Map.entry("listDeadLetters", List.of(BROKER_REFUSED, PARTICIPANT_UNAVAILABLE)),
          Map.entry(
              "replayDeadLetters", List.of(QUEUE_REFUSED, BROKER_REFUSED, PARTICIPANT_UNAVAILABLE)),
          Map.entry("listTimelines", List.of()),
          Map.entry("getTimeline", List.of(TRANSACTION_NOT_FOUND)),
          Map.entry("listenToEvents", List.of()),
          Map.entry("getRecovery", List.of()),
          Map.entry("scanNow", List.of()),
          Map.entry("getLog", List.of()),
          Map.entry("listActs", List.of()),
          Map.entry("commitBranch", ON_BRANCH),
          Map.entry("rollbackBranch", ON_BRANCH),
          Map.entry("forgetBranch", ON_BRANCH),
          Map.entry("getDrain", List.of()),
          Map.entry("beginDrain", List.of()),
          Map.entry("endDrain", List.of()),
          Map.entry("listChecks", List.of()),
          Map.entry("listComparisons", List.of()),
          Map.entry("startComparison", List.of(COMPARISON_RUNNING, DRAINING)),
          Map.entry("getComparison", List.of(COMPARISON_NOT_FOUND)),
          Map.entry("cancelComparison", List.of(COMPARISON_NOT_FOUND)),
          Map.entry("getComparisonChart", List.of(COMPARISON_NOT_FOUND)),
          Map.entry("getComparisonPage", List.of(COMPARISON_NOT_FOUND)));

  /** Belong to no operation: nothing stands at the address, or it does not take the method. */
  static final Set<ProblemType> OF_NO_OPERATION = EnumSet.of(NOT_FOUND, METHOD_NOT_ALLOWED);

  private OperationProblems() {}

  /** The ids of all operations. */
  static Set<String> operations() {
    return OF.keySet();
  }

  /**
   * The problems of an operation, in the order of their declaration.
   *
   * @param readsBody whether it reads a body of certain content types
   */
  static Set<ProblemType> of(String operation, boolean readsBody) {
    Set<ProblemType> problems = EnumSet.copyOf(EVERYWHERE);
    problems.addAll(OF.getOrDefault(operation, List.of()));
    if (readsBody) {
      problems.add(UNSUPPORTED_MEDIA_TYPE);
    }
    return problems;
  }

  private static List<ProblemType> with(List<ProblemType> some, ProblemType... more) {
    return Stream.concat(some.stream(), Arrays.stream(more)).toList();
  }
}

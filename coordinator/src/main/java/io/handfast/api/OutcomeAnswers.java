package io.handfast.api;

import io.handfast.coordination.ClientTransaction;
import io.handfast.participant.UnpreparableException;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.Outcome;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/**
 * Turns the outcome of a transaction into the answer of commit and rollback; a repeated call gets
 * the same one.
 */
final class OutcomeAnswers {

  private static final int RETRY_AFTER_SECONDS = 1;

  private OutcomeAnswers() {}

  static RestResponse<TransactionView> afterCommit(
      ClientTransaction transaction, Outcome outcome, UriInfo uri) {
    if (outcome instanceof Outcome.RolledBack rolledBack) {
      throw rolledBack(transaction, rolledBack.cause());
    }
    return answer(transaction, outcome, uri);
  }

  static RestResponse<TransactionView> afterRollback(
      ClientTransaction transaction, Outcome outcome, UriInfo uri) {
    if (outcome instanceof Outcome.Committed) {
      throw new ProblemException(
          ProblemType.ALREADY_COMMITTED,
          "The transaction '" + transaction.id() + "' was committed before.");
    }
    return answer(transaction, outcome, uri);
  }

  static ProblemException rolledBack(ClientTransaction transaction, Throwable cause) {
    UnpreparableException refused = UnpreparableException.in(cause);
    if (refused != null) {
      return new ProblemException(
          ProblemType.CANNOT_PREPARE,
          "The transaction '%s' was rolled back, and nothing of it has happened: its database cannot prepare what the statements, or a trigger of theirs, have done (%s). Repeating it does not help: take that out of the statements, or use a delivery with protocol local-commit, which prepares nothing in the database."
              .formatted(transaction.id(), refused.getMessage()));
    }
    return new ProblemException(
        ProblemType.ROLLED_BACK,
        "The transaction '"
            + transaction.id()
            + "' was rolled back: "
            + ErrorText.readable(cause)
            + ". Nothing of it has happened; begin a new one.");
  }

  private static RestResponse<TransactionView> answer(
      ClientTransaction transaction, Outcome outcome, UriInfo uri) {
    if (outcome instanceof Outcome.Heuristic heuristic) {
      throw new ProblemException(
          ProblemType.HEURISTIC_OUTCOME,
          "A participant of '"
              + transaction.id()
              + "' decided alone: "
              + ErrorText.readable(heuristic.cause())
              + ". An operator must compare the participants.");
    }
    TransactionView view = TransactionView.of(transaction);
    if (outcome instanceof Outcome.Decided || outcome instanceof Outcome.InDoubt) {
      URI location = uri.getBaseUriBuilder().path("v1/transactions").path(transaction.id()).build();
      return ResponseBuilder.accepted(view)
          .location(location)
          .header("Retry-After", RETRY_AFTER_SECONDS)
          .build();
    }
    return RestResponse.ok(view);
  }
}

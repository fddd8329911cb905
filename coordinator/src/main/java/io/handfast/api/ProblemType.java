package io.handfast.api;

import java.net.URI;
import java.util.Locale;

/**
 * Every kind of error that a client can meet, and whether repeating the call is safe.
 *
 * <p>The type's URI is stable and is what clients decide by; titles are for people.
 */
enum ProblemType {
  INVALID_DELIVERY(400, "The specification of the delivery is invalid", Retry.NEVER),
  INVALID_REQUEST(400, "The request is invalid", Retry.NEVER),
  UNAUTHENTICATED(401, "The caller is not authenticated", Retry.NEVER),
  FORBIDDEN(403, "The caller lacks the role for this call", Retry.NEVER),
  FORBIDDEN_HOST(403, "The request is for another host", Retry.NEVER),
  FORBIDDEN_ORIGIN(403, "The request comes from another site's page", Retry.NEVER),
  NOT_FOUND(404, "No operation has this path", Retry.NEVER),
  DELIVERY_NOT_FOUND(404, "There is no delivery of this name", Retry.NEVER),
  TRANSACTION_NOT_FOUND(404, "There is no transaction of this id", Retry.NEVER),
  MESSAGE_NOT_FOUND(404, "There is no such message in flight", Retry.NEVER),
  BRANCH_NOT_FOUND(404, "No participant holds this branch", Retry.NEVER),
  PARTICIPANT_NOT_FOUND(404, "There is no such participant that waits for an outcome", Retry.NEVER),
  COMPARISON_NOT_FOUND(404, "There is no comparison of this id", Retry.NEVER),
  METHOD_NOT_ALLOWED(405, "The path does not support this method", Retry.NEVER),
  NOT_ACCEPTABLE(406, "No answer in an accepted media type", Retry.NEVER),
  DELIVERY_DECLARED_IN_CONFIGURATION(
      409, "The delivery is declared in the configuration", Retry.NEVER),
  NODE_IS_DISPOSABLE(409, "The node keeps nothing over a restart", Retry.NEVER),
  DELIVERY_NOT_RUNNING(409, "The delivery cannot be pulled from now", Retry.LATER),
  DELIVERY_NOT_PAUSED(409, "The delivery must be paused for this", Retry.LATER),
  NO_POSITIONS(409, "The delivery's source has no positions", Retry.NEVER),
  ROLLED_BACK(409, "The transaction was rolled back", Retry.SAFE),
  CANNOT_PREPARE(409, "A participant cannot prepare what was done", Retry.NEVER),
  ALREADY_COMMITTED(409, "The transaction was committed", Retry.NEVER),
  TRANSACTION_OF_DELIVERY(409, "A delivery settles this transaction", Retry.NEVER),
  PARTICIPANT_REFUSED(409, "The service cannot take part", Retry.NEVER),
  SECOND_DATABASE(409, "The transaction is bound to another database", Retry.NEVER),
  QUEUE_REFUSED(409, "Messages cannot be kept in this queue", Retry.NEVER),
  BRANCH_NOT_OURS(409, "The branch belongs to another coordinator", Retry.NEVER),
  BRANCH_IN_USE(409, "The branch is being worked on", Retry.LATER),
  CONTRADICTS_LOG(409, "The decision log contradicts this", Retry.NEVER),
  SEND_UNDER_WAY(409, "Another call sends these messages", Retry.LATER),
  BROKER_REFUSED(409, "The broker refuses what was asked", Retry.NEVER),
  COMPARISON_RUNNING(409, "Another comparison is running", Retry.LATER),
  STATEMENT_REFUSED(400, "The database refuses the statement", Retry.NEVER),
  WRONG_NODE(421, "Another coordinator has this transaction", Retry.NEVER),
  PRECONDITION_FAILED(412, "A precondition of the request does not hold", Retry.NEVER),
  REQUEST_TOO_LARGE(413, "The request is too large", Retry.NEVER),
  UNSUPPORTED_MEDIA_TYPE(415, "The content type is not supported", Retry.NEVER),
  TOO_MANY_TRANSACTIONS_OF_CLIENT(429, "The caller has too many transactions open", Retry.LATER),
  TOO_MANY_TRANSACTIONS(503, "Too many transactions are open", Retry.LATER),
  HEURISTIC_OUTCOME(500, "A participant ended otherwise than decided", Retry.NEVER),
  SEND_IN_DOUBT(503, "It is not known whether the messages were sent", Retry.NEVER),
  PARTICIPANT_UNAVAILABLE(503, "The broker or a database cannot be reached", Retry.LATER),
  LOG_UNAVAILABLE(503, "The decision log cannot be written", Retry.LATER),
  NOT_READY(503, "The service is starting or stopping", Retry.LATER),
  DELIVERY_BUSY(503, "The delivery is still in use", Retry.LATER),
  DRAINING(503, "The node is being drained", Retry.LATER),
  SERVICE_UNAVAILABLE(503, "The service cannot take the call now", Retry.LATER),
  STATEMENT_TIMEOUT(504, "The statement took too long and was undone", Retry.LATER),
  INTERNAL_ERROR(500, "Internal error", Retry.NEVER);

  /** What a client should do. */
  enum Retry {
    /** Repeating now is safe: nothing happened. */
    SAFE,
    /** Repeating as it is does not help, or is not safe. */
    NEVER,
    /** Repeating after a while is safe and may help. */
    LATER;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The general type for an error of the framework, of which only a status of HTTP is known. */
  static ProblemType ofStatus(int status) {
    return switch (status) {
      case 401 -> UNAUTHENTICATED;
      case 403 -> FORBIDDEN;
      case 404 -> NOT_FOUND;
      case 405 -> METHOD_NOT_ALLOWED;
      case 406 -> NOT_ACCEPTABLE;
      case 412 -> PRECONDITION_FAILED;
      case 413 -> REQUEST_TOO_LARGE;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      case 503 -> SERVICE_UNAVAILABLE;
      default -> status < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
    };
  }

  private final int status;
  private final String title;
  private final Retry retry;

  ProblemType(int status, String title, Retry retry) {
    this.status = status;
    this.title = title;
    this.retry = retry;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  Retry retry() {
    return retry;
  }

  /** What it means for the client, and what to do, in a sentence or two. */
  String meaning() {
    return switch (this) {
      case INVALID_DELIVERY ->
          "The specification breaks the rules that are listed in violations; correct all of "
              + "them and send it again.";
      case INVALID_REQUEST ->
          "The request breaks the rules that are listed in violations; correct all of them and "
              + "send it again.";
      case UNAUTHENTICATED ->
          "Authentication is configured; send a user with a password, a token or a certificate.";
      case FORBIDDEN -> "The caller's roles do not allow it; ask the administrator of the roles.";
      case FORBIDDEN_HOST ->
          "Without authentication only localhost is served; call it by that name, or configure "
              + "users.";
      case FORBIDDEN_ORIGIN -> "A browser sent this for a page of another site; nothing was done.";
      case NOT_FOUND -> "The OpenAPI document lists the paths of all operations.";
      case DELIVERY_NOT_FOUND ->
          "No delivery has this name now; create it, or look for the name in the list.";
      case TRANSACTION_NOT_FOUND ->
          "This id was never given here, or its outcome is kept no longer; begin a new "
              + "transaction.";
      case MESSAGE_NOT_FOUND ->
          "The transaction does not hold this message; only what it has received can be "
              + "refused.";
      case BRANCH_NOT_FOUND ->
          "Nothing is prepared under this xid any more; look at the recovery view again.";
      case PARTICIPANT_NOT_FOUND ->
          "No service of this name waits for the outcome: it never joined, or was told already.";
      case COMPARISON_NOT_FOUND ->
          "This id was never given here, or newer comparisons have taken its place; look at the "
              + "list.";
      case METHOD_NOT_ALLOWED -> "The OpenAPI document lists the methods of each path.";
      case NOT_ACCEPTABLE ->
          "Answers are JSON, charts SVG and pages HTML; accept that, and application/problem+json.";
      case DELIVERY_DECLARED_IN_CONFIGURATION ->
          "It can be changed in the configuration only, followed by a restart.";
      case NODE_IS_DISPOSABLE ->
          "Nothing was done: it would have to be kept, and this node has no place for it; declare "
              + "deliveries in the configuration, or call a node that has a name.";
      case DELIVERY_NOT_RUNNING -> "It is paused, has failed, or pushes; ask later, or resume it.";
      case DELIVERY_NOT_PAUSED -> "Pause it, ask again, and resume it.";
      case NO_POSITIONS ->
          "Only a topic whose partitions keep their messages can be applied again from elsewhere.";
      case ROLLED_BACK ->
          "Nothing of it has happened; the same work may be done again in a new transaction.";
      case CANNOT_PREPARE ->
          "Nothing of it has happened, and repeating it does not help: leave out what cannot be "
              + "prepared, such as NOTIFY, or use protocol local-commit.";
      case ALREADY_COMMITTED ->
          "All of it has happened, so it can neither be changed nor rolled back.";
      case TRANSACTION_OF_DELIVERY ->
          "The delivery commits or rolls back by what the handler answers; answer instead.";
      case PARTICIPANT_REFUSED ->
          "A service of this name has joined at another address, or this transaction takes "
              + "none.";
      case SECOND_DATABASE ->
          "Without two-phase commit a transaction writes to one database; take another delivery "
              + "for the other.";
      case QUEUE_REFUSED ->
          "Nothing was sent: the queue does not exist and may not be created, or the broker would "
              + "drop messages for it; violations has the rule.";
      case BRANCH_NOT_OURS ->
          "The coordinator that began the branch must end it; nothing was done.";
      case BRANCH_IN_USE ->
          "A consumer or recovery has it in flight and will end it; look again later.";
      case CONTRADICTS_LOG ->
          "It would leave the transaction partially committed; do what safeAction says, or force it if "
              + "you must.";
      case SEND_UNDER_WAY ->
          "A call with the same Handfast-Message-Id has not ended, and nothing was sent by this one; "
              + "repeat it to be told duplicate, or to have it sent.";
      case BROKER_REFUSED ->
          "The broker was reached and refused: a permission is missing, or the queue is of another "
              + "kind; or this node has no broker (handfast.broker.enabled=false). Nothing was done; correct "
              + "it there, or ask for something else.";
      case COMPARISON_RUNNING ->
          "One is measured at a time, and detail names it; wait for its end, or cancel it.";
      case STATEMENT_REFUSED ->
          "Nothing of the statement remains and the transaction goes on; correct the statement "
              + "or its parameters.";
      case WRONG_NODE ->
          "Only the coordinator in owner knows this transaction; send the call there.";
      case PRECONDITION_FAILED ->
          "If-Match or If-None-Match does not hold and nothing was changed; look at the resource "
              + "again and decide anew.";
      case REQUEST_TOO_LARGE -> "The body is larger than this service takes; send it in parts.";
      case UNSUPPORTED_MEDIA_TYPE ->
          "Send one of the content types of the operation, in a character set that exists.";
      case TOO_MANY_TRANSACTIONS_OF_CLIENT ->
          "The caller has as many transactions open as it may; settle some, or ask later.";
      case STATEMENT_TIMEOUT ->
          "Nothing of the statement remains and the transaction goes on; run it again, or make it "
              + "do less.";
      case TOO_MANY_TRANSACTIONS ->
          "The limit of open transactions is reached; settle some, or ask later.";
      case HEURISTIC_OUTCOME ->
          "One participant ended otherwise than the others; do not repeat it, an operator must "
              + "compare them.";
      case SEND_IN_DOUBT ->
          "The broker did not answer the commit; repeat the call only if it carried "
              + "Handfast-Message-Id.";
      case PARTICIPANT_UNAVAILABLE -> "Nothing has happened by this call; ask later.";
      case LOG_UNAVAILABLE -> "No decision can be recorded, so no new work is taken; ask later.";
      case NOT_READY ->
          "Recovery runs before the first request and work in flight ends after the last; ask "
              + "later.";
      case DELIVERY_BUSY ->
          "Units of it are in flight for longer than a call waits, or another change of it is under "
              + "way; a pause or deletion has stopped its intake all the same; ask again.";
      case DRAINING ->
          "The node leaves and begins nothing new; send it to another coordinator, and settle here "
              + "what is open here.";
      case SERVICE_UNAVAILABLE ->
          "The HTTP server has refused the call before any of it was done; ask later.";
      case INTERNAL_ERROR ->
          "A defect of this service, whose log has the details; do not repeat it before looking "
              + "there.";
    };
  }

  /** A URN, since a URL would promise a page that this service may not be able to serve. */
  URI type() {
    return URI.create("urn:handfast:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }
}

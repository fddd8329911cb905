package io.handfast.api;

import java.net.URI;
import java.util.Locale;

/**
 * Every kind of error that a client can meet, and whether repeating the call is safe.
 *
 * <p>The type's URI is stable and is what clients decide by; titles are for people.
 */
enum ProblemType {
  INVALID_DELIVERY(400, "The delivery cannot be as specified", Retry.NEVER),
  INVALID_REQUEST(400, "The request cannot be understood", Retry.NEVER),
  UNAUTHENTICATED(401, "The caller has not said who it is", Retry.NEVER),
  FORBIDDEN(403, "The caller may not do this", Retry.NEVER),
  FORBIDDEN_HOST(403, "The request is for another host", Retry.NEVER),
  FORBIDDEN_ORIGIN(403, "The request comes from another site's page", Retry.NEVER),
  NOT_FOUND(404, "There is nothing at this address", Retry.NEVER),
  DELIVERY_NOT_FOUND(404, "There is no delivery of this name", Retry.NEVER),
  TRANSACTION_NOT_FOUND(404, "There is no transaction of this id", Retry.NEVER),
  MESSAGE_NOT_FOUND(404, "There is no such message in hand", Retry.NEVER),
  BRANCH_NOT_FOUND(404, "No participant holds this branch", Retry.NEVER),
  PARTICIPANT_NOT_FOUND(404, "There is no such participant that waits for an outcome", Retry.NEVER),
  METHOD_NOT_ALLOWED(405, "This address does not take this method", Retry.NEVER),
  NOT_ACCEPTABLE(406, "The answer does not come in the form asked for", Retry.NEVER),
  DELIVERY_DECLARED_IN_CONFIGURATION(
      409, "The delivery is declared in the configuration", Retry.NEVER),
  DELIVERY_NOT_RUNNING(409, "The delivery hands out no messages now", Retry.LATER),
  ROLLED_BACK(409, "The transaction was rolled back", Retry.SAFE),
  ALREADY_COMMITTED(409, "The transaction was committed", Retry.NEVER),
  TRANSACTION_OF_DELIVERY(409, "A delivery settles this transaction", Retry.NEVER),
  PARTICIPANT_REFUSED(409, "The service cannot take part", Retry.NEVER),
  SECOND_DATABASE(409, "The transaction is bound to another database", Retry.NEVER),
  BRANCH_NOT_OURS(409, "The branch is another coordinator's", Retry.NEVER),
  BRANCH_IN_USE(409, "The branch is being worked on", Retry.LATER),
  CONTRADICTS_LOG(409, "The log says otherwise", Retry.NEVER),
  STATEMENT_REFUSED(400, "The database refuses the statement", Retry.NEVER),
  WRONG_NODE(421, "Another coordinator has this transaction", Retry.NEVER),
  REQUEST_TOO_LARGE(413, "The request is too large", Retry.NEVER),
  UNSUPPORTED_MEDIA_TYPE(415, "The content type is not supported", Retry.NEVER),
  TOO_MANY_TRANSACTIONS_OF_CLIENT(429, "The caller has too many transactions open", Retry.LATER),
  TOO_MANY_TRANSACTIONS(503, "Too many transactions are open", Retry.LATER),
  HEURISTIC_OUTCOME(500, "A participant decided alone", Retry.NEVER),
  SEND_IN_DOUBT(503, "It is not known whether the messages were sent", Retry.NEVER),
  PARTICIPANT_UNAVAILABLE(503, "The broker or a database cannot be reached", Retry.LATER),
  LOG_UNAVAILABLE(503, "The decision log cannot be written", Retry.LATER),
  NOT_READY(503, "The service is starting or stopping", Retry.LATER),
  STATEMENT_TIMEOUT(504, "The statement took too long and was undone", Retry.LATER),
  INTERNAL_ERROR(500, "Something went wrong inside", Retry.NEVER);

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

  /** A URN, since a URL would promise a page that this service may not be able to serve. */
  URI type() {
    return URI.create("urn:handfast:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }
}

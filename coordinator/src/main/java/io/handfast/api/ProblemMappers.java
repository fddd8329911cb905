package io.handfast.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactionException;
import io.handfast.database.TransactionLeftException;
import io.handfast.delivery.InvalidDeliveryException;
import io.handfast.input.Violation;
import io.handfast.input.WireName;
import io.handfast.log.UnconfirmedWriteException;
import io.handfast.message.BrokerException;
import io.handfast.message.TargetRefusedException;
import io.handfast.node.OutOfMemory;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.Secrets;
import io.handfast.queue.SendInDoubtException;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.RefusedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns everything that can go wrong in a request into a problem; none shows a stack trace. */
class ProblemMappers {

  private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

  @ServerExceptionMapper
  RestResponse<Problem> problem(ProblemException e, UriInfo uri) {
    return respond(e.type(), e.getMessage(), uri, e.violations());
  }

  @ServerExceptionMapper
  RestResponse<Problem> invalidDelivery(InvalidDeliveryException e, UriInfo uri) {
    return respond(ProblemType.INVALID_DELIVERY, e.getMessage(), uri, e.violations());
  }

  @ServerExceptionMapper
  RestResponse<Problem> brokenJson(JsonProcessingException e, UriInfo uri) {
    String where =
        e.getLocation() == null
            ? ""
            : " (line %d, column %d)"
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    String rule = "well-formed JSON: " + e.getOriginalMessage() + where;
    return respond(
        ProblemType.INVALID_REQUEST,
        "The body is not JSON.",
        uri,
        List.of(new Violation("body", null, rule)));
  }

  /** More specific than {@link #brokenJson}, so that no ready-made mapper comes first. */
  @ServerExceptionMapper
  RestResponse<Problem> mismatchedJson(MismatchedInputException e, UriInfo uri) {
    return respond(
        ProblemType.INVALID_REQUEST,
        "The body is not one JSON value.",
        uri,
        List.of(new Violation("body", null, "one JSON value and nothing behind it")));
  }

  @ServerExceptionMapper
  RestResponse<Problem> sendInDoubt(SendInDoubtException e, UriInfo uri) {
    return respond(
        ProblemType.SEND_IN_DOUBT,
        "The broker did not answer the commit, so the messages may be in the queue or not."
            + " Repeat the call only if it carried Handfast-Message-Id.",
        uri);
  }

  @ServerExceptionMapper
  RestResponse<Problem> queueRefused(TargetRefusedException e, UriInfo uri) {
    return respond(
        ProblemType.QUEUE_REFUSED,
        "Nothing was sent: " + e.getMessage() + ".",
        uri,
        List.of(new Violation("queue", e.queue(), e.rule())));
  }

  @ServerExceptionMapper
  RestResponse<Problem> brokerAway(BrokerException e, UriInfo uri) {
    ProblemType type =
        e.refusal().isPresent() ? ProblemType.BROKER_REFUSED : ProblemType.PARTICIPANT_UNAVAILABLE;
    return respond(type, "broker: " + Secrets.hidden(e.getMessage()), uri);
  }

  @ServerExceptionMapper
  RestResponse<Problem> databaseAway(SQLException e, UriInfo uri) {
    return respond(
        ProblemType.PARTICIPANT_UNAVAILABLE, "database: " + Secrets.hidden(e.getMessage()), uri);
  }

  @ServerExceptionMapper
  RestResponse<Problem> participantAway(ParticipantUnavailableException e, UriInfo uri) {
    return respond(ProblemType.PARTICIPANT_UNAVAILABLE, e.getMessage(), uri);
  }

  @ServerExceptionMapper
  RestResponse<Problem> ofTransaction(ClientTransactionException e, UriInfo uri) {
    if (e.reason() == ClientTransactionException.Reason.OF_ANOTHER_NODE) {
      return respond(
          Problem.of(ProblemType.WRONG_NODE, e.getMessage(), instance(uri), List.of())
              .withOwner(e.owner()));
    }
    ClientTransaction transaction = e.transaction();
    if (transaction.outcome().orElse(null) instanceof Outcome.RolledBack rolledBack) {
      return problem(OutcomeAnswers.rolledBack(transaction, rolledBack.cause()), uri);
    }
    return respond(
        ProblemType.ALREADY_COMMITTED,
        "The transaction '%s' is %s."
            .formatted(transaction.id(), WireName.of(transaction.status())),
        uri);
  }

  @ServerExceptionMapper
  RestResponse<Problem> transactionLeft(TransactionLeftException e, UriInfo uri) {
    return respond(
        ProblemType.HEURISTIC_OUTCOME,
        e.getMessage()
            + ". All else of it was rolled back; an operator must compare the participants.",
        uri);
  }

  @ServerExceptionMapper
  RestResponse<Problem> logUnavailable(UnconfirmedWriteException e, UriInfo uri) {
    return respond(ProblemType.LOG_UNAVAILABLE, e.getMessage() + ".", uri);
  }

  @ServerExceptionMapper
  RestResponse<Problem> refused(RefusedException e, UriInfo uri) {
    return respond(ProblemType.valueOf(e.reason().name()), e.getMessage(), uri);
  }

  @ServerExceptionMapper
  RestResponse<Problem> notFound(NotFoundException e, UriInfo uri) {
    return respond(
        ProblemType.NOT_FOUND,
        "There is nothing at " + uri.getRequestUri().getRawPath() + ".",
        uri);
  }

  @ServerExceptionMapper
  RestResponse<Problem> refusedByFramework(WebApplicationException e, UriInfo uri) {
    ProblemType type = ProblemType.ofStatus(e.getResponse().getStatus());
    if (type == ProblemType.INTERNAL_ERROR) {
      return unexpected(e, uri);
    }
    String reason = e.getResponse().getStatusInfo().getReasonPhrase();
    List<Violation> violations =
        type == ProblemType.INVALID_REQUEST
            ? List.of(new Violation("request", null, "a request that HTTP allows: " + reason))
            : List.of();
    return respond(type, reason + ".", uri, violations);
  }

  @ServerExceptionMapper
  RestResponse<Problem> unexpected(Throwable e, UriInfo uri) {
    OutOfMemory.endProcessIfCauseOf(e);
    LOG.errorf(e, "request failed path=%s", uri.getPath());
    return respond(
        ProblemType.INTERNAL_ERROR, "The service's log has the details; please report them.", uri);
  }

  private static RestResponse<Problem> respond(ProblemType type, String detail, UriInfo uri) {
    return respond(type, detail, uri, List.of());
  }

  private static RestResponse<Problem> respond(
      ProblemType type, String detail, UriInfo uri, List<Violation> violations) {
    return respond(Problem.of(type, detail, instance(uri), violations));
  }

  private static URI instance(UriInfo uri) {
    return URI.create(uri.getRequestUri().getRawPath());
  }

  private static RestResponse<Problem> respond(Problem problem) {
    ResponseBuilder<Problem> response =
        ResponseBuilder.<Problem>create(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
    if (problem.status() == ProblemType.REQUEST_TOO_LARGE.status()) {
      // What is still to come is not worth reading to keep the connection.
      response.header("Connection", "close");
    }
    return response.build();
  }
}

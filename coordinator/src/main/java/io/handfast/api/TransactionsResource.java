package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactionException;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.StatementCall;
import io.handfast.coordination.StatementCalls;
import io.handfast.database.StatementResult;
import io.handfast.message.LeaseBound;
import io.handfast.message.Message;
import io.handfast.message.Source;
import io.handfast.tracing.Tracing;
import io.handfast.transaction.TransactionStatus;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jspecify.annotations.Nullable;

/** Transactions of clients: begin, fill, settle. */
@Path("/v1/transactions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "transactions")
class TransactionsResource {

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /**
   * One page of transactions.
   *
   * @param next what to give as {@code after} for the next page; null on the last
   */
  record Page(List<TransactionView> transactions, @Nullable String next) {}

  private final ClientTransactions transactions;
  private final StatementCalls statements;
  private final ObjectMapper json;
  private final Tracing tracing;

  TransactionsResource(
      ClientTransactions transactions,
      StatementCalls statements,
      ObjectMapper json,
      Tracing tracing) {
    this.transactions = transactions;
    this.statements = statements;
    this.json = json;
    this.tracing = tracing;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "beginTransaction",
      summary = "Begins a transaction",
      description =
          "An id of your own is durable before the answer; the same id again answers the same "
              + "transaction.")
  @RequestBody(ref = "Beginning")
  @APIResponse(responseCode = "200", ref = "Transaction")
  @APIResponse(responseCode = "201", ref = "TransactionBegun")
  @Problems({
    WRONG_NODE,
    NODE_IS_DISPOSABLE,
    TOO_MANY_TRANSACTIONS,
    TOO_MANY_TRANSACTIONS_OF_CLIENT,
    LOG_UNAVAILABLE,
    DRAINING
  })
  @RolesAllowed({"client", "operator"})
  public RestResponse<TransactionView> begin(String body, @Context UriInfo uri) throws Exception {
    record Begin(@Nullable String id, Duration timeout) {}
    Begin begin =
        Input.fields(
            Input.json(json, body),
            fields -> {
              fields.allow("id", "timeout");
              return new Begin(
                  Input.chosenId(fields, "id"), Input.lease(fields, "timeout", transactions, null));
            });
    ClientTransaction transaction;
    try {
      transaction = transactions.begin(begin.id(), begin.timeout());
    } catch (ClientTransactionException e) {
      if (e.reason() != ClientTransactionException.Reason.ALREADY_BEGUN) {
        throw e;
      }
      return RestResponse.ok(TransactionView.of(e.transaction()));
    }
    URI location = uri.getAbsolutePathBuilder().path(transaction.id()).build();
    return ResponseBuilder.<TransactionView>created(location)
        .entity(TransactionView.of(transaction))
        .build();
  }

  @GET
  @Operation(operationId = "listTransactions", summary = "Transactions by id, page by page")
  @APIResponse(responseCode = "200", ref = "TransactionPage")
  public Page list(
      @Parameter(schema = @Schema(ref = "TransactionStatus")) @QueryParam("status") String status,
      @Parameter(
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "1000",
                      defaultValue = "100"))
          @QueryParam("limit")
          String limit,
      @Parameter(
              description = "What `next` said on the page before.",
              schema = @Schema(type = SchemaType.STRING, minLength = 1))
          @QueryParam("after")
          String after) {
    record Filter(@Nullable TransactionStatus status, int limit, String after) {}
    Filter filter =
        Input.fields(
            Input.query("status", status, "limit", limit, "after", after),
            fields ->
                new Filter(
                    fields.has("status") ? fields.choice("status", TransactionStatus.ACTIVE) : null,
                    fields.integer("limit", 100, 1, 1000),
                    fields.has("after") ? String.valueOf(fields.text("after")) : ""));
    List<ClientTransaction> page =
        transactions.all().stream()
            .filter(t -> t.id().compareTo(filter.after()) > 0)
            .filter(t -> filter.status() == null || t.status() == filter.status())
            .limit(filter.limit() + 1L)
            .toList();
    boolean hasMore = page.size() > filter.limit();
    List<ClientTransaction> shown = hasMore ? page.subList(0, filter.limit()) : page;
    return new Page(
        shown.stream().map(TransactionView::of).toList(),
        hasMore ? shown.get(shown.size() - 1).id() : null);
  }

  @GET
  @Path("{id}")
  @Operation(operationId = "getTransaction", summary = "What became of a transaction")
  @APIResponse(responseCode = "200", ref = "Transaction")
  @Problems({TRANSACTION_NOT_FOUND, WRONG_NODE})
  public TransactionView get(@Parameter(ref = "transactionId") @PathParam("id") String id) {
    return TransactionView.of(find(id));
  }

  @POST
  @Path("{id}/receive")
  @Operation(
      operationId = "receiveInTransaction",
      summary = "Takes messages; they are gone with the commit and back with a rollback")
  @APIResponse(responseCode = "200", ref = "Received")
  @APIResponse(responseCode = "204", description = "Nothing came.")
  @Problems(inTransaction = true, value = QUEUE_REFUSED)
  @RolesAllowed({"client", "operator"})
  public RestResponse<PulledView> receive(
      @Parameter(ref = "transactionId") @PathParam("id") String id,
      @Parameter(required = true, schema = @Schema(ref = "BrokerName"), example = "orders")
          @QueryParam("queue")
          String queue,
      @Parameter(ref = "max") @QueryParam("max") String max,
      @Parameter(ref = "wait") @QueryParam("wait") String wait)
      throws Exception {
    record Receive(String queue, int max, Duration patience) {}
    Receive receive =
        Input.fields(
            Input.query("queue", queue, "max", max, "wait", wait),
            fields ->
                new Receive(
                    Input.queue(fields, "queue"),
                    fields.integer("max", 1, 1, 1000),
                    fields.duration("wait", Duration.ZERO, LONGEST_WAIT)));
    List<Message> received =
        transactions.receive(
            find(id), Source.ofQueue(receive.queue()), receive.max(), receive.patience());
    return received.isEmpty()
        ? RestResponse.noContent()
        : RestResponse.ok(PulledView.ofTransaction(received));
  }

  @POST
  @Path("{id}/messages")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(operationId = "sendInTransaction", summary = "Sends a message with the commit")
  @RequestBody(ref = "Message")
  @APIResponse(responseCode = "201", description = "It is sent if the transaction commits.")
  @Problems(inTransaction = true, value = QUEUE_REFUSED)
  @RolesAllowed({"client", "operator"})
  public RestResponse<Void> send(
      @Parameter(ref = "transactionId") @PathParam("id") String id, String body) throws Exception {
    record Send(String queue, String body, Map<String, Object> headers) {}
    Send send =
        Input.fields(
            Input.json(json, body),
            fields -> {
              fields.allow("queue", "body", "headers");
              return new Send(
                  Input.queue(fields, "queue"),
                  MessageInput.body(fields),
                  MessageInput.headers(fields.object("headers"), fields.node("headers")));
            });
    Map<String, Object> headers = new HashMap<>(send.headers());
    if (!headers.containsKey("traceparent")) {
      headers.putAll(tracing.contextOfRequest());
    }
    find(id)
        .call(
            work -> {
              work.target().requireKept(send.queue());
              work.target().send(send.queue(), send.body(), headers);
              return send;
            });
    return RestResponse.status(RestResponse.Status.CREATED);
  }

  @POST
  @Path("{id}/statements")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "runStatement",
      summary = "Runs a statement, once for each row of parameters")
  @RequestBody(ref = "Statement")
  @APIResponse(responseCode = "200", ref = "StatementResult")
  @Problems(
      inTransaction = true,
      value = {STATEMENT_REFUSED, STATEMENT_TIMEOUT, SECOND_DATABASE, HEURISTIC_OUTCOME})
  @RolesAllowed({"client", "operator"})
  public Map<String, Object> statement(
      @Parameter(ref = "transactionId") @PathParam("id") String id, String body) throws Exception {
    JsonNode parsed = Input.json(json, body);
    StatementCall call = Input.fields(parsed, statements::read);
    StatementResult result = statements.run(find(id), call);
    if (result.isQuery()) {
      return Map.of(
          "columns", result.columns(), "rows", result.rows(), "truncated", result.isTruncated());
    }
    return call.generatedKeys().isEmpty()
        ? Map.of("rowCount", result.rowCount())
        : Map.of("rowCount", result.rowCount(), "generatedKeys", result.rows());
  }

  @POST
  @Path("{id}/messages/{message}/refuse")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "refuseMessage",
      summary = "Says that a message is at fault",
      description =
          "The commit settles the others; this one costs an attempt and comes back, or "
              + "becomes a dead letter.")
  @RequestBody(ref = "Refusal")
  @APIResponse(responseCode = "200", ref = "Transaction")
  @Problems(inTransaction = true, value = MESSAGE_NOT_FOUND)
  @RolesAllowed({"client", "operator"})
  public TransactionView refuse(
      @Parameter(ref = "transactionId") @PathParam("id") String id,
      @Parameter(description = "The message's id, percent-encoded.") @PathParam("message")
          String message,
      String body)
      throws Exception {
    String cause =
        Input.fields(
            Input.json(json, body),
            fields -> {
              fields.allow("cause");
              return fields.has("cause") ? fields.text("cause") : "refused by the client";
            });
    ClientTransaction transaction = find(id);
    if (!transaction.refuse(message, cause)) {
      throw new ProblemException(
          ProblemType.MESSAGE_NOT_FOUND,
          "The transaction '" + id + "' has no message '" + message + "' in flight.");
    }
    return TransactionView.of(transaction);
  }

  @POST
  @Path("{id}/extend")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(operationId = "extendTransaction", summary = "A longer lease, from now")
  @RequestBody(ref = "Extension")
  @APIResponse(responseCode = "200", ref = "Transaction")
  @Problems(inTransaction = true)
  @RolesAllowed({"client", "operator"})
  public TransactionView extend(
      @Parameter(ref = "transactionId") @PathParam("id") String id, String body) throws Exception {
    JsonNode given = Input.json(json, body);
    Input.fields(
        given,
        fields -> {
          fields.allow("timeout");
          return Input.lease(fields, "timeout", transactions, null);
        });
    ClientTransaction transaction = find(id);
    LeaseBound bound = transaction.leaseBound();
    transaction.extend(
        Input.fields(given, fields -> Input.lease(fields, "timeout", transactions, bound)));
    return TransactionView.of(transaction);
  }

  @POST
  @Path("{id}/commit")
  @Operation(
      operationId = "commitTransaction",
      summary = "Commits; a repeated call gets the same answer")
  @APIResponse(responseCode = "200", ref = "Transaction")
  @APIResponse(responseCode = "202", ref = "Decided")
  @Problems({
    TRANSACTION_NOT_FOUND,
    ROLLED_BACK,
    CANNOT_PREPARE,
    TRANSACTION_OF_DELIVERY,
    WRONG_NODE,
    HEURISTIC_OUTCOME
  })
  @RolesAllowed({"client", "operator"})
  public RestResponse<TransactionView> commit(
      @Parameter(ref = "transactionId") @PathParam("id") String id, @Context UriInfo uri) {
    ClientTransaction transaction = findOwn(id);
    return OutcomeAnswers.afterCommit(transaction, transaction.commit(), uri);
  }

  @POST
  @Path("{id}/rollback")
  @Operation(
      operationId = "rollbackTransaction",
      summary = "Rolls back; a repeated call gets the same answer")
  @APIResponse(responseCode = "200", ref = "Transaction")
  @APIResponse(responseCode = "202", ref = "Decided")
  @Problems({
    TRANSACTION_NOT_FOUND,
    ALREADY_COMMITTED,
    TRANSACTION_OF_DELIVERY,
    WRONG_NODE,
    HEURISTIC_OUTCOME
  })
  @RolesAllowed({"client", "operator"})
  public RestResponse<TransactionView> rollback(
      @Parameter(ref = "transactionId") @PathParam("id") String id, @Context UriInfo uri) {
    ClientTransaction transaction = findOwn(id);
    return OutcomeAnswers.afterRollback(transaction, transaction.rollback(), uri);
  }

  private ClientTransaction find(String id) {
    return transactions.find(id).orElseThrow(() -> ProblemException.transactionNotFound(id));
  }

  private ClientTransaction findOwn(String id) {
    ClientTransaction transaction = find(id);
    if (!transaction.isClients()) {
      throw new ProblemException(
          ProblemType.TRANSACTION_OF_DELIVERY,
          "The answer of the handler decides on '" + id + "'; it cannot be settled by a call.");
    }
    return transaction;
  }
}

package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.coordination.ClientTransactions;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.Delivery;
import io.handfast.delivery.DeliveryChanges;
import io.handfast.delivery.InvalidDeliveryException;
import io.handfast.delivery.PulledMessages;
import io.handfast.delivery.SpecificationWriter;
import io.handfast.input.JsonFields;
import io.handfast.input.WireName;
import io.handfast.message.BrokerException;
import io.handfast.message.LeaseBound;
import io.handfast.queue.QueueDepths;
import io.handfast.transaction.RefusedException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
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

/** Deliveries: create, look at, pause, resume, delete. */
@Path("/v1/deliveries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "deliveries")
class DeliveriesResource {

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final Deliveries deliveries;
  private final ClientTransactions transactions;
  private final QueueDepths depths;
  private final ObjectMapper json;

  DeliveriesResource(
      Deliveries deliveries,
      ClientTransactions transactions,
      QueueDepths depths,
      ObjectMapper json) {
    this.depths = depths;
    this.transactions = transactions;
    this.deliveries = deliveries;
    this.json = json;
  }

  @GET
  @Operation(operationId = "listDeliveries", summary = "All deliveries, with state and counters")
  @APIResponse(responseCode = "200", ref = "Deliveries")
  public List<ObjectNode> list() {
    return deliveries.all().stream().map(this::view).toList();
  }

  @GET
  @Path("{name}")
  @Operation(
      operationId = "getDelivery",
      summary = "One delivery, with state and counters",
      description =
          "The entity tag is that of the specification; state and counters do not change it.")
  @APIResponse(responseCode = "200", ref = "TaggedDelivery")
  @Problems(DELIVERY_NOT_FOUND)
  public RestResponse<ObjectNode> get(
      @Parameter(ref = "deliveryName") @PathParam("name") String name) {
    return tagged(ResponseBuilder.ok(), find(name));
  }

  @PUT
  @Path("{name}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "putDelivery",
      summary = "Creates or replaces a delivery",
      description =
          "What is in flight is settled before a delivery is replaced. Every violation is listed at"
              + " once, statements that the database cannot prepare included. Members that are null"
              + " count as missing. What GET answers may be sent back: members that only answers"
              + " have are ignored, but for a name that is not the one in the path.")
  @RequestBody(ref = "DeliverySpecification")
  @APIResponse(responseCode = "200", ref = "TaggedDelivery")
  @APIResponse(responseCode = "201", ref = "DeliveryCreated")
  @Problems({
    INVALID_DELIVERY,
    DELIVERY_DECLARED_IN_CONFIGURATION,
    NODE_IS_DISPOSABLE,
    PRECONDITION_FAILED,
    BROKER_REFUSED,
    PARTICIPANT_UNAVAILABLE,
    DELIVERY_BUSY,
    DRAINING
  })
  @RolesAllowed("operator")
  public RestResponse<ObjectNode> put(
      @Parameter(ref = "deliveryName") @PathParam("name") String name,
      @Parameter(ref = "ifMatch") @HeaderParam("If-Match") List<String> ifMatch,
      @Parameter(ref = "ifNoneMatch") @HeaderParam("If-None-Match") List<String> ifNoneMatch,
      String body,
      @Context UriInfo uri)
      throws InvalidDeliveryException,
          JsonProcessingException,
          BrokerException,
          SQLException,
          RefusedException {
    refuseConfigured(name);
    Preconditions preconditions = Preconditions.of(ifMatch, ifNoneMatch);
    boolean isNew =
        deliveries
            .changes()
            .put(name, Input.json(json, body), replaced -> preconditions.require(tag(replaced)));
    return tagged(
        isNew ? ResponseBuilder.created(uri.getAbsolutePath()) : ResponseBuilder.ok(), find(name));
  }

  @POST
  @Path("{name}/pause")
  @Operation(
      operationId = "pauseDelivery",
      summary = "Pauses a delivery; returns when nothing of it is in flight any more")
  @APIResponse(responseCode = "200", ref = "Delivery")
  @Problems({DELIVERY_NOT_FOUND, DELIVERY_BUSY})
  @RolesAllowed("operator")
  public ObjectNode pause(@Parameter(ref = "deliveryName") @PathParam("name") String name)
      throws RefusedException {
    return view(deliveries.changes().pause(find(name)));
  }

  @POST
  @Path("{name}/resume")
  @Operation(operationId = "resumeDelivery", summary = "Goes on with a paused delivery")
  @APIResponse(responseCode = "200", ref = "Delivery")
  @Problems({DELIVERY_NOT_FOUND, DELIVERY_BUSY, DRAINING})
  @RolesAllowed("operator")
  public ObjectNode resume(@Parameter(ref = "deliveryName") @PathParam("name") String name)
      throws RefusedException {
    return view(deliveries.changes().resume(find(name)));
  }

  @DELETE
  @Path("{name}")
  @Operation(
      operationId = "deleteDelivery",
      summary = "Ends a delivery and leaves its messages in the queue",
      description =
          "Returns when nothing of it is in flight any more. A topic's subscription goes with "
              + "it.")
  @APIResponse(responseCode = "204", description = "Deleted.")
  @Problems({
    DELIVERY_NOT_FOUND,
    DELIVERY_DECLARED_IN_CONFIGURATION,
    PRECONDITION_FAILED,
    NO_POSITIONS,
    BROKER_REFUSED,
    PARTICIPANT_UNAVAILABLE,
    DELIVERY_BUSY
  })
  @RolesAllowed("operator")
  public void delete(
      @Parameter(ref = "deliveryName") @PathParam("name") String name,
      @Parameter(ref = "ifMatch") @HeaderParam("If-Match") List<String> ifMatch,
      @Parameter(ref = "ifNoneMatch") @HeaderParam("If-None-Match") List<String> ifNoneMatch,
      @Parameter(
              description =
                  "Leaves the subscription of a topic, which goes on collecting messages.",
              schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
          @QueryParam("keepSubscription")
          String keepSubscription,
      @Parameter(
              description =
                  "Removes the positions of a topic's partitions, too, in the database and as the"
                      + " group's offsets at the source: a delivery of this group begins anew.",
              schema = @Schema(type = SchemaType.STRING, enumeration = "delete"))
          @QueryParam("positions")
          String positions)
      throws BrokerException, SQLException, RefusedException {
    refuseConfigured(name);
    Preconditions preconditions = Preconditions.of(ifMatch, ifNoneMatch);
    DeliveryChanges.Removal removal =
        Input.fields(
            Input.query("keepSubscription", keepSubscription, "positions", positions),
            DeliveriesResource::removal);
    deliveries
        .changes()
        .delete(
            name,
            removal,
            deleted -> {
              if (deleted
                  == null) { // without it the answer is the same with and without preconditions
                throw ProblemException.deliveryNotFound(name);
              }
              preconditions.require(tag(deleted));
            });
  }

  private static DeliveryChanges.Removal removal(JsonFields fields) {
    String positions = fields.text("positions");
    if (positions != null && !positions.equals("delete")) {
      fields.reject("positions", "delete");
    }
    return new DeliveryChanges.Removal(!Input.flag(fields, "keepSubscription"), positions != null);
  }

  @POST
  @Path("{name}/receive")
  @Operation(
      operationId = "receiveFromDelivery",
      summary = "Messages of a delivery in the style pull")
  @APIResponse(responseCode = "200", ref = "Pulled")
  @APIResponse(responseCode = "204", description = "Nothing came.")
  @Problems({
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
    DRAINING
  })
  @RolesAllowed({"client", "operator"})
  public RestResponse<PulledView> receive(
      @Parameter(ref = "deliveryName") @PathParam("name") String name,
      @Parameter(ref = "max") @QueryParam("max") String max,
      @Parameter(ref = "wait") @QueryParam("wait") String wait,
      @Parameter(
              description =
                  "How long the messages may stay unsettled; up to"
                      + " `handfast.transactions.longest-lease`, and `handfast.transactions.lease`"
                      + " where it is not given. No longer than the source keeps them for it.",
              schema = @Schema(ref = "Duration"),
              example = "PT30S")
          @QueryParam("lease")
          String lease,
      @Parameter(
              description =
                  "An id for the transaction that settles the messages; a repeated call then"
                      + " answers the same messages.",
              schema = @Schema(ref = "ChosenId"))
          @QueryParam("transaction")
          String transaction)
      throws Exception {
    record Receive(int max, Duration patience, Duration lease, @Nullable String transaction) {}
    LeaseBound bound = deliveries.leaseBound(name);
    Receive receive =
        Input.fields(
            Input.query("max", max, "wait", wait, "lease", lease, "transaction", transaction),
            fields ->
                new Receive(
                    fields.integer("max", 1, 1, 1000),
                    fields.duration("wait", Duration.ZERO, LONGEST_WAIT),
                    Input.lease(fields, "lease", transactions, bound),
                    Input.chosenId(fields, "transaction")));
    PulledMessages pulled =
        find(name).pull(receive.max(), receive.patience(), receive.lease(), receive.transaction());
    return pulled.messages().isEmpty()
        ? RestResponse.noContent()
        : RestResponse.ok(PulledView.of(pulled));
  }

  /** State and counters change all the time and are not part of the entity tag. */
  private RestResponse<ObjectNode> tagged(ResponseBuilder<ObjectNode> response, Delivery delivery) {
    return response
        .entity(view(delivery))
        .header(Preconditions.ENTITY_TAG, tag(delivery))
        .header("Cache-Control", "no-store")
        .build();
  }

  private static @Nullable String tag(@Nullable Delivery delivery) {
    return delivery == null
        ? null
        : '"' + SpecificationWriter.fingerprint(delivery.specification()) + '"';
  }

  /** The specification's members, then what the delivery is doing. */
  private ObjectNode view(Delivery delivery) {
    ObjectNode view = JsonNodeFactory.instance.objectNode();
    view.put("name", delivery.name());
    view.setAll(SpecificationWriter.write(delivery.specification()));
    view.put("state", WireName.of(delivery.state()));
    Delivery.Retrying retrying = delivery.retrying();
    view.put("retryingSince", retrying == null ? null : retrying.since().toString());
    view.put("lastError", delivery.lastError());
    view.put("deadLetterDepth", depths.of(delivery.specification().deadLetter()));
    if (delivery.specification().isPositioned()) {
      String source = delivery.specification().source().queueName();
      view.put("lag", depths.of(source));
      ObjectNode lags = view.putObject("lagByPartition");
      depths.lags(source).forEach((partition, lag) -> lags.put(String.valueOf(partition), lag));
    }
    ObjectNode counters = view.putObject("counters");
    delivery.counters().values().forEach(counters::put);
    return view;
  }

  private Delivery find(String name) {
    return deliveries.find(name).orElseThrow(() -> ProblemException.deliveryNotFound(name));
  }

  private void refuseConfigured(String name) {
    if (deliveries.isConfigured(name)) {
      throw new ProblemException(
          ProblemType.DELIVERY_DECLARED_IN_CONFIGURATION,
          "Change handfast.deliveries.\"" + name + "\" in the configuration and restart.");
    }
  }
}

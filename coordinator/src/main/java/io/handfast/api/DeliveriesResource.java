package io.handfast.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.coordination.ClientTransactions;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.Delivery;
import io.handfast.delivery.InvalidDeliveryException;
import io.handfast.delivery.PulledMessages;
import io.handfast.delivery.SpecificationWriter;
import io.handfast.input.WireName;
import io.handfast.message.BrokerException;
import io.handfast.queue.QueueDepths;
import io.handfast.transaction.RefusedException;
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
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jspecify.annotations.Nullable;

/** Deliveries: create, look at, pause, resume, delete. */
@Path("/v1/deliveries")
@Produces(MediaType.APPLICATION_JSON)
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
  public List<ObjectNode> list() {
    return deliveries.all().stream().map(this::view).toList();
  }

  @GET
  @Path("{name}")
  public RestResponse<ObjectNode> get(@PathParam("name") String name) {
    return tagged(ResponseBuilder.ok(), find(name));
  }

  @PUT
  @Path("{name}")
  @Consumes(MediaType.APPLICATION_JSON)
  public RestResponse<ObjectNode> put(
      @PathParam("name") String name,
      @HeaderParam("If-Match") List<String> ifMatch,
      @HeaderParam("If-None-Match") List<String> ifNoneMatch,
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
  public ObjectNode pause(@PathParam("name") String name) throws RefusedException {
    return view(deliveries.changes().pause(find(name)));
  }

  @POST
  @Path("{name}/resume")
  public ObjectNode resume(@PathParam("name") String name) throws RefusedException {
    return view(deliveries.changes().resume(find(name)));
  }

  @DELETE
  @Path("{name}")
  public void delete(
      @PathParam("name") String name,
      @HeaderParam("If-Match") List<String> ifMatch,
      @HeaderParam("If-None-Match") List<String> ifNoneMatch,
      @QueryParam("keepSubscription") String keepSubscription)
      throws BrokerException, RefusedException {
    refuseConfigured(name);
    Preconditions preconditions = Preconditions.of(ifMatch, ifNoneMatch);
    boolean isKept =
        Input.fields(
            Input.query("keepSubscription", keepSubscription),
            fields -> Input.flag(fields, "keepSubscription"));
    deliveries
        .changes()
        .delete(
            name,
            isKept,
            deleted -> {
              if (deleted
                  == null) { // without it the answer is the same with and without preconditions
                throw ProblemException.deliveryNotFound(name);
              }
              preconditions.require(tag(deleted));
            });
  }

  @POST
  @Path("{name}/receive")
  public RestResponse<PulledView> receive(
      @PathParam("name") String name,
      @QueryParam("max") String max,
      @QueryParam("wait") String wait,
      @QueryParam("lease") String lease,
      @QueryParam("transaction") String transaction)
      throws Exception {
    record Receive(int max, Duration patience, Duration lease, @Nullable String transaction) {}
    Receive receive =
        Input.fields(
            Input.query("max", max, "wait", wait, "lease", lease, "transaction", transaction),
            fields ->
                new Receive(
                    fields.integer("max", 1, 1, 1000),
                    fields.duration("wait", Duration.ZERO, LONGEST_WAIT),
                    fields.duration("lease", transactions.lease(), transactions.longestLease()),
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

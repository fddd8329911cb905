package io.handfast.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.Delivery;
import io.handfast.delivery.InvalidDeliveryException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.sql.SQLException;
import java.util.List;

/** Deliveries: create, look at, pause, resume, delete. */
@Path("/v1/deliveries")
@Produces(MediaType.APPLICATION_JSON)
class DeliveriesResource {

  private final Deliveries deliveries;
  private final ObjectMapper json;

  DeliveriesResource(Deliveries deliveries, ObjectMapper json) {
    this.deliveries = deliveries;
    this.json = json;
  }

  @GET
  public List<ObjectNode> list() {
    return deliveries.all().stream().map(DeliveryView::of).toList();
  }

  @GET
  @Path("{name}")
  public ObjectNode get(@PathParam("name") String name) {
    return DeliveryView.of(find(name));
  }

  @PUT
  @Path("{name}")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response put(@PathParam("name") String name, String body, @Context UriInfo uri)
      throws InvalidDeliveryException, JsonProcessingException, SQLException {
    refuseConfigured(name);
    boolean isNew = deliveries.put(name, parse(body));
    ObjectNode view = DeliveryView.of(find(name));
    return isNew
        ? Response.created(uri.getAbsolutePath()).entity(view).build()
        : Response.ok(view).build();
  }

  @POST
  @Path("{name}/pause")
  public ObjectNode pause(@PathParam("name") String name) {
    Delivery delivery = find(name);
    deliveries.pause(delivery);
    return DeliveryView.of(delivery);
  }

  @POST
  @Path("{name}/resume")
  public ObjectNode resume(@PathParam("name") String name) {
    Delivery delivery = find(name);
    deliveries.resume(delivery);
    return DeliveryView.of(delivery);
  }

  @DELETE
  @Path("{name}")
  public void delete(@PathParam("name") String name) {
    refuseConfigured(name);
    deliveries.delete(find(name));
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

  private JsonNode parse(String body) throws JsonProcessingException {
    return json.reader()
        .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .with(com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .readTree(body);
  }
}

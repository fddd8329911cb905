package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.Delivery;
import io.handfast.delivery.InvalidDeliveryException;
import io.handfast.delivery.PartitionPositions.Target;
import io.handfast.input.JsonFields;
import io.handfast.message.BrokerException;
import io.handfast.transaction.RefusedException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** How far a delivery has applied the partitions of its topic, and where it is to go on. */
@Path("/v1/deliveries/{name}/position")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "deliveries")
class PositionsResource {

  private static final String RULE =
      "earliest, latest, an instant since 1970 such as 2026-11-28T00:00:00Z, or offsets by partition such as {\"0\": 42}";

  /** Kafka counts milliseconds since 1970. */
  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

  private final Deliveries deliveries;
  private final ObjectMapper json;

  PositionsResource(Deliveries deliveries, ObjectMapper json) {
    this.deliveries = deliveries;
    this.json = json;
  }

  @GET
  @Operation(
      operationId = "getPositions",
      summary = "How far a delivery has applied the partitions of its topic")
  @APIResponse(responseCode = "200", ref = "Positions")
  @Problems({DELIVERY_NOT_FOUND, NO_POSITIONS, BROKER_REFUSED, PARTICIPANT_UNAVAILABLE})
  public List<PositionView> get(@Parameter(ref = "deliveryName") @PathParam("name") String name)
      throws RefusedException, BrokerException, SQLException {
    return PositionView.of(find(name).positions().states());
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "setPositions",
      summary = "Has a paused delivery go on elsewhere in its topic",
      description =
          "What is in flight at other nodes is rolled back. What was applied before is applied again where the position goes back.")
  @RequestBody(ref = "PositionTarget")
  @APIResponse(responseCode = "200", ref = "Positions")
  @Problems({
    INVALID_DELIVERY,
    DELIVERY_NOT_FOUND,
    DELIVERY_NOT_PAUSED,
    NO_POSITIONS,
    BROKER_REFUSED,
    PARTICIPANT_UNAVAILABLE,
    DELIVERY_BUSY
  })
  @RolesAllowed("operator")
  public List<PositionView> set(
      @Parameter(ref = "deliveryName") @PathParam("name") String name, String body)
      throws RefusedException,
          BrokerException,
          SQLException,
          InvalidDeliveryException,
          JsonProcessingException {
    Delivery delivery = find(name);
    Target target = Input.fields(Input.json(json, body), PositionsResource::target);
    deliveries.changes().setPosition(delivery, target);
    return PositionView.of(delivery.positions().states());
  }

  private static @Nullable Target target(JsonFields body) {
    body.allow("to");
    JsonNode to = body.node("to");
    Target target = to == null ? null : target(to);
    if (target == null) {
      body.reject("to", RULE);
    }
    return target;
  }

  private static @Nullable Target target(JsonNode to) {
    if (to.isObject() && !to.isEmpty()) {
      Map<Integer, Long> offsets = new TreeMap<>();
      for (Map.Entry<String, JsonNode> one : to.properties()) {
        boolean isOffset = one.getValue().isIntegralNumber() && one.getValue().canConvertToLong();
        if (!one.getKey().matches("0|[1-9]\\d{0,8}") || !isOffset) {
          return null;
        }
        offsets.put(Integer.valueOf(one.getKey()), one.getValue().longValue());
      }
      return new Target.Offsets(offsets);
    }
    return switch (to.asText()) {
      case "earliest" -> new Target.Earliest();
      case "latest" -> new Target.Latest();
      default -> time(to);
    };
  }

  private static @Nullable Target time(JsonNode to) {
    try {
      Instant time = Instant.parse(to.asText());
      return time.isBefore(Instant.EPOCH) || time.isAfter(LAST) ? null : new Target.At(time);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private Delivery find(String name) {
    return deliveries.find(name).orElseThrow(() -> ProblemException.deliveryNotFound(name));
  }
}

package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.api.DeadLettersResource.Content;
import io.handfast.api.DeadLettersResource.Replayed;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.Delivery;
import io.handfast.delivery.StoredDeadLetters;
import io.handfast.message.BrokerException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The dead letters of a delivery whose source takes no messages: rows of its sink's database. */
@Path("/v1/dead-letters/database/{name}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "dead-letters")
class StoredDeadLettersResource {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

  private final Deliveries deliveries;
  private final DeadLettersResource queues;
  private final ObjectMapper json;

  StoredDeadLettersResource(Deliveries deliveries, DeadLettersResource queues, ObjectMapper json) {
    this.deliveries = deliveries;
    this.queues = queues;
    this.json = json;
  }

  @GET
  @Operation(
      operationId = "listStoredDeadLetters",
      summary = "The dead letters of a delivery in its database, the oldest first")
  @APIResponse(responseCode = "200", ref = "DeadLetters")
  @Problems({DELIVERY_NOT_FOUND, PARTICIPANT_UNAVAILABLE})
  public Content get(
      @Parameter(ref = "deliveryName") @PathParam("name") String name,
      @Parameter(
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "1000",
                      defaultValue = "100"))
          @QueryParam("limit")
          String limit)
      throws SQLException {
    int most = DeadLettersResource.most(limit);
    StoredDeadLetters letters = find(name);
    return new Content(
        "database/" + name,
        letters.count(),
        letters.list(most).stream().map(DeadLetterView::of).toList());
  }

  @POST
  @Path("replay")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "replayStoredDeadLetters",
      summary = "Applies dead letters of a delivery again",
      description =
          "Without `ids` up to a thousand, the oldest first; with `ids` those; and no more than a"
              + " minute allows. Each goes to the delivery's statements, handler and forward in one"
              + " unit with its removal, and stays where it fails again. In the style pull the next"
              + " clients that ask this node get them, each in a transaction that removes it.")
  @RequestBody(ref = "ReplayRequest")
  @APIResponse(responseCode = "200", ref = "Replayed")
  @Problems({DELIVERY_NOT_FOUND, PARTICIPANT_UNAVAILABLE})
  @RolesAllowed("operator")
  public Replayed replay(
      @Parameter(ref = "deliveryName") @PathParam("name") String name, String body)
      throws Exception {
    Delivery delivery = delivery(name);
    List<String> ids =
        DeadLettersResource.ids(Input.json(json, body), id -> ID.matcher(id).matches());
    return new Replayed(delivery.replayStored(ids == null ? List.of() : ids));
  }

  /** Replays the queue that is called "database": its path is one of this resource. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(hidden = true)
  @RolesAllowed("operator")
  public Replayed replayQueue(@PathParam("name") String name, String body)
      throws BrokerException, JsonProcessingException {
    if (!name.equals("replay")) {
      throw new NotAllowedException(HttpMethod.GET);
    }
    return queues.replay("database", body);
  }

  private StoredDeadLetters find(String name) {
    return delivery(name).storedDeadLetters().orElseThrow();
  }

  private Delivery delivery(String name) {
    return deliveries
        .find(name)
        .filter(known -> known.storedDeadLetters().isPresent())
        .orElseThrow(() -> ProblemException.deliveryNotFound(name));
  }
}

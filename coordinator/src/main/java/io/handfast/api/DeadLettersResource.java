package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.delivery.Deliveries;
import io.handfast.delivery.Delivery;
import io.handfast.delivery.StoredDeadLetters;
import io.handfast.message.BrokerException;
import io.handfast.queue.DeadLetters;
import io.handfast.queue.Queues;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Dead letters: look at them, and send them back once what was wrong with them is mended. */
@Path("/v1/dead-letters")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "dead-letters")
class DeadLettersResource {

  private static final int MOST_IDS = 1000;

  /**
   * A queue that deliveries send dead letters to.
   *
   * @param messages how many it holds now
   */
  record DeadLetterQueue(String queue, List<String> deliveries, long messages) {}

  /**
   * What a dead-letter queue holds.
   *
   * @param total how many there are, whatever of them is shown
   */
  record Content(String queue, long total, List<DeadLetterView> messages) {}

  /** What came of a replay. */
  record Replayed(long replayed) {}

  private final DeadLetters deadLetters;
  private final Queues queues;
  private final Deliveries deliveries;
  private final ObjectMapper json;

  DeadLettersResource(
      DeadLetters deadLetters, Queues queues, Deliveries deliveries, ObjectMapper json) {
    this.deadLetters = deadLetters;
    this.queues = queues;
    this.deliveries = deliveries;
    this.json = json;
  }

  @GET
  @Operation(
      operationId = "listDeadLetterQueues",
      summary = "The dead-letter queues of all deliveries, and their tables")
  @APIResponse(responseCode = "200", ref = "DeadLetterQueues")
  @Problems({BROKER_REFUSED, PARTICIPANT_UNAVAILABLE})
  public List<DeadLetterQueue> list() throws BrokerException, SQLException {
    Map<String, List<String>> users = new TreeMap<>();
    List<DeadLetterQueue> list = new ArrayList<>();
    for (Delivery delivery : deliveries.all()) {
      String queue = delivery.specification().deadLetter();
      Optional<StoredDeadLetters> stored = delivery.storedDeadLetters();
      if (stored.isPresent()) {
        list.add(new DeadLetterQueue(queue, List.of(delivery.name()), stored.get().count()));
      } else {
        users.computeIfAbsent(queue, unused -> new ArrayList<>()).add(delivery.name());
      }
    }
    for (Map.Entry<String, List<String>> used : users.entrySet()) {
      long messages = queues.state(used.getKey()).messages();
      list.add(new DeadLetterQueue(used.getKey(), used.getValue(), messages));
    }
    return list;
  }

  @GET
  @Path("{queue}")
  @Operation(
      operationId = "listDeadLetters",
      summary = "What a dead-letter queue holds, the oldest first")
  @APIResponse(responseCode = "200", ref = "DeadLetters")
  @Problems({BROKER_REFUSED, PARTICIPANT_UNAVAILABLE})
  public Content get(
      @Parameter(ref = "queue") @PathParam("queue") String queue,
      @Parameter(
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "1000",
                      defaultValue = "100"))
          @QueryParam("limit")
          String limit)
      throws BrokerException {
    int most = most(limit);
    List<DeadLetterView> messages =
        deadLetters.browse(Input.queue(queue), most).stream().map(DeadLetterView::of).toList();
    return new Content(queue, queues.state(queue).messages(), messages);
  }

  @POST
  @Path("{queue}/replay")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "replayDeadLetters",
      summary = "Sends dead letters back to where they came from",
      description =
          "Without `ids` all that the queue holds now, a thousand in a transaction of the broker;"
              + " with `ids` those, in one transaction. A message is in one of the two queues at"
              + " any time, whichever process is killed: the call can be repeated. What is sent"
              + " back is the original message, with no failure counted. Messages that do not say"
              + " where they came from stay.")
  @RequestBody(ref = "ReplayRequest")
  @APIResponse(responseCode = "200", ref = "Replayed")
  @Problems({QUEUE_REFUSED, BROKER_REFUSED, PARTICIPANT_UNAVAILABLE})
  @RolesAllowed("operator")
  public Replayed replay(@Parameter(ref = "queue") @PathParam("queue") String queue, String body)
      throws BrokerException, JsonProcessingException {
    List<String> ids = ids(Input.json(json, body), DeadLetters::isMessageId);
    return new Replayed(
        ids == null
            ? deadLetters.replayAll(Input.queue(queue))
            : deadLetters.replay(Input.queue(queue), ids));
  }

  /** How many dead letters a caller wants to see. */
  static int most(@Nullable String limit) {
    return Input.fields(
        Input.query("limit", limit), fields -> fields.integer("limit", 100, 1, 1000));
  }

  /** Which dead letters a caller wants to replay; null where it names none. */
  static @Nullable List<String> ids(JsonNode body, Predicate<String> isId) {
    return Input.fields(
        body,
        fields -> {
          fields.allow("ids");
          if (!fields.has("ids")) {
            return null;
          }
          List<String> ids = fields.texts("ids").stream().map(String::valueOf).distinct().toList();
          if (ids.size() > MOST_IDS || !ids.stream().allMatch(isId)) {
            fields.reject("ids", "up to " + MOST_IDS + " ids of dead letters, as GET shows them");
          }
          return ids;
        });
  }
}

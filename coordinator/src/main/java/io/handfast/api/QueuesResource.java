package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import io.handfast.input.Violation;
import io.handfast.message.BrokerException;
import io.handfast.message.QueueState;
import io.handfast.queue.Queues;
import io.handfast.queue.SendInDoubtException;
import io.handfast.tracing.Tracing;
import io.handfast.transaction.RefusedException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Queues, for people and scripts without a JMS client. */
@Path("/v1/queues/{queue}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "queues")
class QueuesResource {

  static final String MESSAGE_ID = "Handfast-Message-Id";

  private static final String LINES = "application/x-ndjson";

  private static final int LONGEST_ID = 255;

  private static final Pattern LINE_END = Pattern.compile("\r?\n");

  /**
   * What became of a sending.
   *
   * @param duplicate whether the broker has had these messages before, under the same id
   */
  record Sent(int messages, boolean duplicate) {}

  private final Queues queues;
  private final Tracing tracing;

  QueuesResource(Queues queues, Tracing tracing) {
    this.queues = queues;
    this.tracing = tracing;
  }

  @GET
  @Operation(operationId = "getQueue", summary = "What a queue holds")
  @APIResponse(responseCode = "200", ref = "Queue")
  @Problems({BROKER_REFUSED, PARTICIPANT_UNAVAILABLE})
  public QueueState state(@Parameter(ref = "queue") @PathParam("queue") String queue)
      throws BrokerException {
    return queues.state(Input.queue(queue));
  }

  @POST
  @Path("messages")
  @Consumes({MediaType.TEXT_PLAIN, MediaType.APPLICATION_JSON, LINES})
  @Operation(
      operationId = "sendMessages",
      summary = "Sends one message, or one a line, all of them or none")
  @RequestBody(ref = "Messages")
  @APIResponse(responseCode = "201", ref = "Sent")
  @Problems({QUEUE_REFUSED, SEND_IN_DOUBT, SEND_UNDER_WAY, BROKER_REFUSED, PARTICIPANT_UNAVAILABLE})
  @RolesAllowed({"client", "operator"})
  public RestResponse<Sent> send(
      @Parameter(ref = "queue") @PathParam("queue") String queue,
      @Parameter(
              description = "Makes the broker drop a repetition of this call.",
              schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = 255))
          @HeaderParam(MESSAGE_ID)
          String id,
      @Context HttpHeaders headers,
      String body)
      throws BrokerException, SendInDoubtException, RefusedException, InterruptedException {
    MediaType type = headers.getMediaType();
    if (type == null) {
      throw new NotSupportedException(); // one message or one a line: ambiguous
    }
    return send(
        queue, type.isCompatible(MediaType.valueOf(LINES)) ? lines(body) : List.of(body), id);
  }

  private static List<String> lines(String body) {
    return LINE_END.splitAsStream(body).filter(line -> !line.isBlank()).toList();
  }

  private RestResponse<Sent> send(String queue, List<String> bodies, String id)
      throws BrokerException, SendInDoubtException, RefusedException, InterruptedException {
    boolean isNew =
        queues.send(Input.queue(queue), bodies, checkedId(id), tracing.contextOfRequest());
    return RestResponse.status(RestResponse.Status.CREATED, new Sent(bodies.size(), !isNew));
  }

  private static @Nullable String checkedId(@Nullable String id) {
    if (id != null && (id.isBlank() || id.length() > LONGEST_ID)) {
      Violation violation = new Violation(MESSAGE_ID, id, "1 to " + LONGEST_ID + " characters");
      throw ProblemException.invalidRequest(List.of(violation));
    }
    return id;
  }
}

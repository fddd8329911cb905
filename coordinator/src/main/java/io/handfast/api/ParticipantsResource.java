package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.RemoteParticipants;
import io.handfast.input.AllowedHosts;
import io.handfast.log.RemoteBranch;
import io.handfast.log.UnconfirmedWriteException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jspecify.annotations.Nullable;

/** Services that take part in a transaction over HTTP. */
@Path("/v1/transactions/{id}/participants")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "transactions")
class ParticipantsResource {

  /** A service that does not know the outcome yet. */
  record View(String transaction, String name, String url) {

    static View of(RemoteBranch branch) {
      return new View(branch.clientsId(), branch.name(), branch.url().toString());
    }
  }

  private final ClientTransactions transactions;
  private final RemoteParticipants remotes;
  private final AllowedHosts hosts;
  private final ObjectMapper json;

  ParticipantsResource(
      ClientTransactions transactions,
      RemoteParticipants remotes,
      AllowedHosts hosts,
      ObjectMapper json) {
    this.transactions = transactions;
    this.remotes = remotes;
    this.hosts = hosts;
    this.json = json;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "joinTransaction",
      summary = "Lets a service take part",
      description =
          "The URL is durable before the service is asked anything. Repeating the call is "
              + "safe.")
  @RequestBody(ref = "Joining")
  @APIResponse(responseCode = "201", ref = "ParticipantJoined")
  @Problems(inTransaction = true, value = PARTICIPANT_REFUSED)
  @RolesAllowed({"client", "operator"})
  public RestResponse<View> join(
      @Parameter(ref = "transactionId") @PathParam("id") String id,
      String body,
      @Context UriInfo uri)
      throws Exception {
    record Join(@Nullable String name, @Nullable URI url) {}
    Join join =
        Input.fields(
            Input.json(json, body),
            fields -> {
              fields.allow("name", "url");
              return new Join(
                  Input.requiredName(fields, "name"), fields.requiredHttpUrl("url", hosts));
            });
    ClientTransaction transaction =
        transactions.find(id).orElseThrow(() -> ProblemException.transactionNotFound(id));
    RemoteBranch branch =
        transaction.call(work -> remotes.join(work, transaction.id(), join.name(), join.url()));
    URI location = uri.getAbsolutePathBuilder().path(branch.name()).build();
    return ResponseBuilder.<View>created(location).entity(View.of(branch)).build();
  }

  @GET
  @Path("{name}")
  @Operation(operationId = "getParticipant", summary = "A service that waits for the outcome")
  @APIResponse(responseCode = "200", ref = "Participant")
  @Problems(PARTICIPANT_NOT_FOUND)
  public View get(
      @Parameter(ref = "transactionId") @PathParam("id") String id,
      @PathParam("name") String name) {
    return View.of(find(id, name));
  }

  /** Moves a service that is in doubt, or not asked yet, to a new address. */
  @PUT
  @Path("{name}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "moveParticipant",
      summary = "Moves a service to a new address, also while it is in doubt")
  @RequestBody(ref = "Moving")
  @APIResponse(responseCode = "200", ref = "ParticipantMoved")
  @Problems({PARTICIPANT_NOT_FOUND, LOG_UNAVAILABLE})
  @RolesAllowed({"client", "operator"})
  public View move(
      @Parameter(ref = "transactionId") @PathParam("id") String id,
      @PathParam("name") String name,
      String body)
      throws JsonProcessingException, UnconfirmedWriteException {
    URI url =
        Input.fields(
            Input.json(json, body),
            fields -> {
              fields.allow("url");
              return fields.requiredHttpUrl("url", hosts);
            });
    return View.of(remotes.move(find(id, name), url));
  }

  private RemoteBranch find(String id, String name) {
    return remotes
        .find(id, name)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemType.PARTICIPANT_NOT_FOUND,
                    "The transaction '%s' has no participant '%s' that waits for its outcome."
                        .formatted(id, name)));
  }
}

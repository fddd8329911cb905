package io.handfast.api;

import io.handfast.drain.Drain;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The drain of a node that leaves for good: begin it, look how it stands, end it. */
@Path("/v1/drain")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "drain")
class DrainResource {

  private final Drain drain;
  private final Clock clock;

  DrainResource(Drain drain, Clock clock) {
    this.drain = drain;
    this.clock = clock;
  }

  @GET
  @Operation(operationId = "getDrain", summary = "How the drain stands, and what is left to do")
  @APIResponse(responseCode = "200", ref = "Drain")
  public DrainView get() {
    return DrainView.of(drain.report(), clock.instant());
  }

  @POST
  @Operation(
      operationId = "beginDrain",
      summary = "Begins to drain this node, which leaves for good",
      description =
          "From then on, also after a restart, nothing new begins here: deliveries take no "
              + "messages, and new transactions, pulls, deliveries and comparisons are refused. "
              + "What is in flight is finished, or given back after `handfast.shutdown-timeout`; "
              + "open transactions are settled by their clients or end with their lease; recovery "
              + "goes on. Returns at once: ask again until `volumeMayBeDeleted`. A drain that is "
              + "under way goes on.")
  @APIResponse(responseCode = "200", ref = "Drain")
  @RolesAllowed("operator")
  public DrainView begin() {
    drain.begin();
    return get();
  }

  @DELETE
  @Operation(
      operationId = "endDrain",
      summary = "Ends the drain, and lets this node take work again")
  @APIResponse(responseCode = "200", ref = "Drain")
  @RolesAllowed("operator")
  public DrainView end() {
    drain.end();
    return get();
  }
}

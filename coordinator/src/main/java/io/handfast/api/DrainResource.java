package io.handfast.api;

import io.handfast.drain.Drain;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;

/** The drain of a node that leaves for good: begin it, look how it stands, end it. */
@Path("/v1/drain")
@Produces(MediaType.APPLICATION_JSON)
class DrainResource {

  private final Drain drain;
  private final Clock clock;

  DrainResource(Drain drain, Clock clock) {
    this.drain = drain;
    this.clock = clock;
  }

  @GET
  public DrainView get() {
    return DrainView.of(drain.report(), clock.instant());
  }

  @POST
  public DrainView begin() {
    drain.begin();
    return get();
  }

  @DELETE
  public DrainView end() {
    drain.end();
    return get();
  }
}

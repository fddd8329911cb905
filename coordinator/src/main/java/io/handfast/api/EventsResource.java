package io.handfast.api;

import io.handfast.live.LiveEvents;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What is going on, as server-sent events. */
@Path("/v1/events")
@Tag(ref = "live")
class EventsResource {

  /**
   * A listener authenticates again after this time, so that a revoked one does not listen for ever.
   */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final LiveEvents live;

  EventsResource(LiveEvents live) {
    this.live = live;
  }

  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(
      operationId = "listenToEvents",
      summary = "What is going on, as server-sent events",
      description =
          "Once a second an event `snapshot` with every delivery's state, rate, backlog, depth of"
              + " its dead-letter queue, latency, last error and counters, the number of"
              + " transactions in doubt, and the comparison that runs; and an event `state`"
              + " whenever a delivery has begun to do something else. All who listen share one"
              + " sampling. A listener that is too slow misses snapshots.")
  @APIResponse(responseCode = "200", ref = "Events")
  public Multi<OutboundSseEvent> listen(
      @Parameter(
              description = "When the stream ends, up to PT1H; ask again then.",
              schema =
                  @Schema(type = SchemaType.STRING, format = "duration", defaultValue = "PT1H"),
              example = "PT5S")
          @QueryParam("for")
          String duration,
      @Context Sse sse) {
    Duration length =
        Input.fields(
            Input.query("for", duration), fields -> fields.duration("for", LONGEST, LONGEST));
    // A listener that is slow misses snapshots; it never makes the others wait.
    return Multi.createFrom()
        .<OutboundSseEvent>emitter(
            emitter -> {
              Runnable leave =
                  live.listen(
                      event -> emitter.emit(sse.newEvent(event.name(), event.json())),
                      emitter::complete);
              emitter.onTermination(leave);
            },
            BackPressureStrategy.LATEST)
        .select()
        .first(length.isZero() ? Duration.ofMillis(1) : length);
  }
}

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

/** What is going on, as server-sent events. */
@Path("/v1/events")
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
  public Multi<OutboundSseEvent> listen(@QueryParam("for") String duration, @Context Sse sse) {
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

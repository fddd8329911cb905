package io.handfast.api;

import io.handfast.log.DecisionLog;
import io.handfast.recovery.Recovery;
import io.handfast.timeline.Timelines;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stories of the latest transactions, of deliveries and of clients. */
@Path("/v1/timelines")
@Produces(MediaType.APPLICATION_JSON)
class TimelinesResource {

  private final Timelines timelines;
  private final Recovery recovery;

  TimelinesResource(Timelines timelines, Recovery recovery) {
    this.timelines = timelines;
    this.recovery = recovery;
  }

  @GET
  public List<TimelineView> list(
      @QueryParam("delivery") String delivery,
      @QueryParam("status") String status,
      @QueryParam("limit") String limit) {
    record Filter(@Nullable String delivery, @Nullable TransactionStatus status, int limit) {}
    Filter filter =
        Input.fields(
            Input.query("delivery", delivery, "status", status, "limit", limit),
            fields ->
                new Filter(
                    Input.chosenId(fields, "delivery"),
                    fields.has("status") ? fields.choice("status", TransactionStatus.ACTIVE) : null,
                    fields.integer("limit", 50, 1, 1000)));
    DecisionLog log = recovery.node().log();
    return timelines.latest().stream()
        .filter(t -> filter.delivery() == null || filter.delivery().equals(t.delivery()))
        .filter(t -> filter.status() == null || TimelineView.status(t, log) == filter.status())
        .limit(filter.limit())
        .map(t -> TimelineView.of(t, log))
        .toList();
  }

  @GET
  @Path("{id}")
  public TimelineView get(@PathParam("id") String id) {
    return TransactionId.parse(id)
        .flatMap(timelines::find)
        .map(timeline -> TimelineView.of(timeline, recovery.node().log()))
        .orElseThrow(() -> ProblemException.transactionNotFound(id));
  }
}

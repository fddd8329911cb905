package io.handfast.api;

import static io.handfast.api.ProblemType.*;

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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The stories of the latest transactions, of deliveries and of clients. */
@Path("/v1/timelines")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "live")
class TimelinesResource {

  private final Timelines timelines;
  private final Recovery recovery;

  TimelinesResource(Timelines timelines, Recovery recovery) {
    this.timelines = timelines;
    this.recovery = recovery;
  }

  @GET
  @Operation(
      operationId = "listTimelines",
      summary = "The stories of the latest transactions, the newest first",
      description =
          "Of units of deliveries under two-phase commit and local commit, and of clients' "
              + "transactions. The latest 1000 of this process are kept, in memory; what became of a "
              + "transaction is never decided by them.")
  @APIResponse(responseCode = "200", ref = "Timelines")
  public List<TimelineView> list(
      @Parameter(schema = @Schema(ref = "ChosenId"), example = "orders") @QueryParam("delivery")
          String delivery,
      @Parameter(schema = @Schema(ref = "TransactionStatus")) @QueryParam("status") String status,
      @Parameter(
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "1000",
                      defaultValue = "50"))
          @QueryParam("limit")
          String limit) {
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
  @Operation(operationId = "getTimeline", summary = "The story of one transaction")
  @APIResponse(responseCode = "200", ref = "Timeline")
  @Problems(TRANSACTION_NOT_FOUND)
  public TimelineView get(
      @Parameter(
              description = "The id that Handfast gave, which stands in the log as gtrid.",
              example = "local.1a2b3c4d.1abcd.1")
          @PathParam("id")
          String id) {
    return TransactionId.parse(id)
        .flatMap(timelines::find)
        .map(timeline -> TimelineView.of(timeline, recovery.node().log()))
        .orElseThrow(() -> ProblemException.transactionNotFound(id));
  }
}

package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.comparison.Chart;
import io.handfast.comparison.Comparison;
import io.handfast.comparison.ComparisonJson;
import io.handfast.comparison.ComparisonRequest;
import io.handfast.comparison.Comparisons;
import io.handfast.transaction.RefusedException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** Comparisons of the guarantees: start, look at, cancel. */
@Path("/v1/comparisons")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "comparisons")
class ComparisonsResource {

  private static final String SVG = "image/svg+xml";

  private final Comparisons comparisons;
  private final ObjectMapper json;

  ComparisonsResource(Comparisons comparisons, ObjectMapper json) {
    this.comparisons = comparisons;
    this.json = json;
  }

  @GET
  @Operation(
      operationId = "listComparisons",
      summary = "The newest 50 comparisons, the newest first")
  @APIResponse(responseCode = "200", ref = "Comparisons")
  public List<ObjectNode> list() {
    return comparisons.all().stream().map(ComparisonJson::write).toList();
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "startComparison",
      summary = "Runs the same messages through each guarantee",
      description =
          "Each row is one of `guarantees` with one of `batch`. After a warm-up, `rounds` "
              + "measure the throughput of all rows in turn: a queue is filled, and the time taken "
              + "from the start of a delivery on it until its last row is committed. Then messages "
              + "are sent at `rate` to each row, and their latency is measured. What a participant "
              + "that is away or slow interrupts is measured again, and its row says so. The rows "
              + "are real deliveries with queues and tables of their own, `handfast.comparison.…` "
              + "and `handfast_comparison_…`, which are removed afterwards; the tables "
              + "`handfast_inbox` and `handfast_marker` that protocols need stay. What a killed process "
              + "has left, the next comparison on its node removes. The broker's user needs the "
              + "permission `manage` on the address `activemq.management`, the database's may "
              + "create tables. One comparison runs at a time.")
  @RequestBody(ref = "ComparisonRequest")
  @APIResponse(responseCode = "202", ref = "ComparisonStarted")
  @Problems({COMPARISON_RUNNING, NODE_IS_DISPOSABLE, BROKER_REFUSED, DRAINING})
  @RolesAllowed("operator")
  public RestResponse<ObjectNode> start(String body, @Context UriInfo uri)
      throws JsonProcessingException, RefusedException, InterruptedException {
    ComparisonRequest request =
        Input.fields(
            Input.json(json, body),
            fields -> ComparisonRequest.read(fields, comparisons.databases()));
    Comparison comparison = comparisons.start(request);
    return ResponseBuilder.accepted(ComparisonJson.write(comparison))
        .location(uri.getAbsolutePathBuilder().path(comparison.id()).build())
        .build();
  }

  @GET
  @Path("{id}")
  @Operation(operationId = "getComparison", summary = "A comparison, as far as it is")
  @APIResponse(responseCode = "200", ref = "Comparison")
  @Problems(COMPARISON_NOT_FOUND)
  public ObjectNode get(@Parameter(ref = "comparisonId") @PathParam("id") String id) {
    return ComparisonJson.write(find(id));
  }

  @POST
  @Path("{id}/cancel")
  @Operation(
      operationId = "cancelComparison",
      summary = "Cancels a comparison",
      description =
          "Returns when its queues and tables are removed, or after half a minute. What was "
              + "measured stays. One that is over stays as it is.")
  @APIResponse(responseCode = "200", ref = "Comparison")
  @Problems(COMPARISON_NOT_FOUND)
  @RolesAllowed("operator")
  public ObjectNode cancel(@Parameter(ref = "comparisonId") @PathParam("id") String id)
      throws InterruptedException {
    return ComparisonJson.write(
        comparisons.cancel(id).orElseThrow(() -> ProblemException.comparisonNotFound(id)));
  }

  @GET
  @Path("{id}/chart.svg")
  @Produces(SVG)
  @Operation(
      operationId = "getComparisonChart",
      summary = "A comparison as a picture, as far as it is")
  @APIResponse(responseCode = "200", ref = "Chart")
  @Problems(COMPARISON_NOT_FOUND)
  public String chart(@Parameter(ref = "comparisonId") @PathParam("id") String id) {
    return Chart.of(find(id));
  }

  /** The console has it; this path was its page before there was a console. */
  @GET
  @Path("{id}/page")
  @Operation(
      operationId = "getComparisonPage",
      summary = "Leads to a comparison in the console, with its picture and its figures")
  @APIResponse(responseCode = "303", ref = "ComparisonPage")
  @Problems(COMPARISON_NOT_FOUND)
  public RestResponse<Void> page(
      @Parameter(ref = "comparisonId") @PathParam("id") String id, @Context UriInfo uri) {
    String fragment = "/comparisons/" + find(id).id();
    return RestResponse.seeOther(uri.getBaseUriBuilder().path("/").fragment(fragment).build());
  }

  private Comparison find(String id) {
    return comparisons.find(id).orElseThrow(() -> ProblemException.comparisonNotFound(id));
  }
}

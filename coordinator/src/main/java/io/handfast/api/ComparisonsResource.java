package io.handfast.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.comparison.Chart;
import io.handfast.comparison.Comparison;
import io.handfast.comparison.ComparisonJson;
import io.handfast.comparison.ComparisonRequest;
import io.handfast.comparison.Comparisons;
import io.handfast.transaction.RefusedException;
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
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** Comparisons of the guarantees: start, look at, cancel. */
@Path("/v1/comparisons")
@Produces(MediaType.APPLICATION_JSON)
class ComparisonsResource {

  private static final String SVG = "image/svg+xml";

  private final Comparisons comparisons;
  private final ObjectMapper json;

  ComparisonsResource(Comparisons comparisons, ObjectMapper json) {
    this.comparisons = comparisons;
    this.json = json;
  }

  @GET
  public List<ObjectNode> list() {
    return comparisons.all().stream().map(ComparisonJson::write).toList();
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
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
  public ObjectNode get(@PathParam("id") String id) {
    return ComparisonJson.write(find(id));
  }

  @POST
  @Path("{id}/cancel")
  public ObjectNode cancel(@PathParam("id") String id) throws InterruptedException {
    return ComparisonJson.write(
        comparisons.cancel(id).orElseThrow(() -> ProblemException.comparisonNotFound(id)));
  }

  @GET
  @Path("{id}/chart.svg")
  @Produces(SVG)
  public String chart(@PathParam("id") String id) {
    return Chart.of(find(id));
  }

  /** The console has it; this path was its page before there was a console. */
  @GET
  @Path("{id}/page")
  public RestResponse<Void> page(@PathParam("id") String id, @Context UriInfo uri) {
    String fragment = "/comparisons/" + find(id).id();
    return RestResponse.seeOther(uri.getBaseUriBuilder().path("/").fragment(fragment).build());
  }

  private Comparison find(String id) {
    return comparisons.find(id).orElseThrow(() -> ProblemException.comparisonNotFound(id));
  }
}

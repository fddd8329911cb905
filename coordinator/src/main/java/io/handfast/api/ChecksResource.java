package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.input.WireName;
import io.handfast.readiness.Check;
import io.handfast.readiness.Check.Finding;
import io.handfast.readiness.Readiness;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The readiness checks, for operators. */
@Path("/v1/checks")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "recovery")
class ChecksResource {

  /**
   * One check.
   *
   * @param at when it was last made; left out where it never was
   * @param reason why it could not be made, or what it rests on; left out where there is neither
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record CheckView(
      String name,
      String state,
      @Nullable String at,
      @Nullable String reason,
      List<FindingView> findings) {}

  /** What a check has found. */
  record FindingView(String key, String problem, String remedy) {}

  private final Readiness readiness;

  ChecksResource(Readiness readiness) {
    this.readiness = readiness;
  }

  @GET
  @Operation(operationId = "listChecks", summary = "What must be right for the promises to hold")
  @APIResponse(responseCode = "200", ref = "Checks")
  public List<CheckView> list() {
    return readiness.results().stream().map(ChecksResource::view).toList();
  }

  private static CheckView view(Check.Result result) {
    return new CheckView(
        result.check(),
        WireName.of(result.state()),
        result.at() == null ? null : result.at().toString(),
        result.reason(),
        result.findings().stream().map(ChecksResource::view).toList());
  }

  private static FindingView view(Finding finding) {
    return new FindingView(finding.key(), finding.problem(), finding.remedy());
  }
}

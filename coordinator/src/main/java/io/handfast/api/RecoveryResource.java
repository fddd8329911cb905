package io.handfast.api;

import static io.handfast.api.ProblemType.*;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.input.Violation;
import io.handfast.recovery.Recovery;
import io.handfast.resolution.Branch;
import io.handfast.resolution.BranchAction;
import io.handfast.resolution.Resolver;
import io.handfast.transaction.RefusedException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Clock;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What is in doubt, and what an operator can do about it. */
@Path("/v1/recovery")
@Produces(MediaType.APPLICATION_JSON)
@Tag(ref = "recovery")
class RecoveryResource {

  private static final String NOT_GIVEN = "not given";

  private final Recovery recovery;
  private final ObjectMapper json;
  private final Clock clock;

  RecoveryResource(Recovery recovery, ObjectMapper json, Clock clock) {
    this.recovery = recovery;
    this.json = json;
    this.clock = clock;
  }

  @GET
  @Operation(operationId = "getRecovery", summary = "The last scans, and what is in doubt")
  @APIResponse(responseCode = "200", ref = "Recovery")
  public RecoveryView view() {
    return RecoveryView.of(recovery, recovery.lastScan(), clock.instant());
  }

  @POST
  @Path("scans")
  @Operation(operationId = "scanNow", summary = "Scans every participant now")
  @APIResponse(responseCode = "200", ref = "Recovery")
  @RolesAllowed("operator")
  public RecoveryView scan() throws InterruptedException {
    return RecoveryView.of(recovery, recovery.scanNow(), clock.instant());
  }

  /** The decisions that not every participant has confirmed yet: all that the log still needs. */
  @GET
  @Path("log")
  @Operation(operationId = "getLog", summary = "Decisions that not every participant has confirmed")
  @APIResponse(responseCode = "200", ref = "Log")
  public LogView log() {
    return LogView.of(recovery.node());
  }

  /** What operators have done with branches, oldest first. */
  @GET
  @Path("acts")
  @Operation(
      operationId = "listActs",
      summary = "What operators have done with branches, oldest first")
  @APIResponse(responseCode = "200", ref = "Acts")
  public List<ActView> acts() {
    return recovery.node().resolutions().acts().stream().map(ActView::of).toList();
  }

  @POST
  @Path("in-doubt/{xid}/commit")
  @Operation(operationId = "commitBranch", summary = "Commits a branch manually")
  @RequestBody(ref = "Reason")
  @APIResponse(responseCode = "200", ref = "Act")
  @Problems({
    BRANCH_NOT_FOUND,
    BRANCH_NOT_OURS,
    BRANCH_IN_USE,
    CONTRADICTS_LOG,
    PARTICIPANT_UNAVAILABLE,
    LOG_UNAVAILABLE
  })
  @RolesAllowed("operator")
  public ActView commit(
      @Parameter(ref = "xid") @PathParam("xid") String xid,
      @Parameter(ref = "force") @QueryParam("force") String force,
      String body,
      @Context SecurityContext security)
      throws Exception {
    return resolve(xid, BranchAction.COMMIT, force, body, security);
  }

  @POST
  @Path("in-doubt/{xid}/rollback")
  @Operation(operationId = "rollbackBranch", summary = "Rolls a branch back manually")
  @RequestBody(ref = "Reason")
  @APIResponse(responseCode = "200", ref = "Act")
  @Problems({
    BRANCH_NOT_FOUND,
    BRANCH_NOT_OURS,
    BRANCH_IN_USE,
    CONTRADICTS_LOG,
    PARTICIPANT_UNAVAILABLE,
    LOG_UNAVAILABLE
  })
  @RolesAllowed("operator")
  public ActView rollback(
      @Parameter(ref = "xid") @PathParam("xid") String xid,
      @Parameter(ref = "force") @QueryParam("force") String force,
      String body,
      @Context SecurityContext security)
      throws Exception {
    return resolve(xid, BranchAction.ROLLBACK, force, body, security);
  }

  @POST
  @Path("in-doubt/{xid}/forget")
  @Operation(
      operationId = "forgetBranch",
      summary = "Forgets a heuristic outcome, or gives a participant up")
  @RequestBody(ref = "Reason")
  @APIResponse(responseCode = "200", ref = "Act")
  @Problems({
    BRANCH_NOT_FOUND,
    BRANCH_NOT_OURS,
    BRANCH_IN_USE,
    CONTRADICTS_LOG,
    PARTICIPANT_UNAVAILABLE,
    LOG_UNAVAILABLE
  })
  @RolesAllowed("operator")
  public ActView forget(
      @Parameter(ref = "xid") @PathParam("xid") String xid,
      @Parameter(ref = "force") @QueryParam("force") String force,
      String body,
      @Context SecurityContext security)
      throws Exception {
    return resolve(xid, BranchAction.FORGET, force, body, security);
  }

  private ActView resolve(
      String xid, BranchAction action, String force, String body, SecurityContext security)
      throws JsonProcessingException, RefusedException, InterruptedException {
    record Given(@Nullable String who, @Nullable String why) {}
    Given given =
        Input.fields(
            Input.json(json, body),
            fields -> {
              fields.allow("who", "why");
              return new Given(fields.text("who"), fields.text("why"));
            });
    String who = caller(security, given.who());
    String why = given.why() == null ? NOT_GIVEN : given.why();
    return ActView.of(
        recovery.resolve(new Resolver.Order(checked(xid), action, who, why, isForced(force))));
  }

  /** An authenticated caller cannot act in another's name. */
  private static String caller(SecurityContext security, @Nullable String given) {
    if (security.getUserPrincipal() != null) {
      return security.getUserPrincipal().getName();
    }
    return given == null ? NOT_GIVEN : given;
  }

  private static String checked(String xid) {
    if (!Branch.isId(xid)) {
      throw ProblemException.invalidRequest(
          List.of(
              new Violation(
                  "xid", xid, "formatId-hexGtrid-hexBqual, as GET /v1/recovery shows it")));
    }
    return xid;
  }

  private static boolean isForced(String force) {
    return Input.fields(Input.query("force", force), fields -> Input.flag(fields, "force"));
  }
}

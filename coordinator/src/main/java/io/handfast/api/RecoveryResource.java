package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.input.WireName;
import io.handfast.readiness.StartCheck;
import io.handfast.recovery.InDoubtBranch;
import io.handfast.recovery.Recovery;
import io.handfast.recovery.Swept;
import io.handfast.transaction.Causes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is in doubt, for operators. */
@Path("/v1/recovery")
@Produces(MediaType.APPLICATION_JSON)
class RecoveryResource {

  /**
   * The node's recovery as a whole.
   *
   * @param inDoubt every prepared branch that the last scan has left as it is
   */
  record View(String node, List<ScanView> scans, List<BranchView> inDoubt) {}

  /**
   * The last scan of one participant.
   *
   * @param error why it could not be asked; left out where it was
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ScanView(
      String participant,
      String at,
      int committed,
      int rolledBack,
      int remaining,
      @Nullable String error) {}

  /**
   * A prepared branch.
   *
   * @param transaction null where the branch is not Handfast's
   * @param age since this process first saw it
   */
  record BranchView(
      @Nullable String transaction,
      String xid,
      String participant,
      String age,
      String decision,
      String safeAction) {}

  private final Recovery recovery;
  private final StartCheck node;
  private final Clock clock;

  RecoveryResource(Recovery recovery, StartCheck node, Clock clock) {
    this.recovery = recovery;
    this.node = node;
    this.clock = clock;
  }

  @GET
  public View view() {
    return view(recovery.lastScan());
  }

  @POST
  @Path("scans")
  public View scan() throws InterruptedException {
    return view(recovery.scanNow());
  }

  private View view(List<Swept> scans) {
    return new View(
        node.nodeName(),
        scans.stream().map(RecoveryResource::view).toList(),
        scans.stream().flatMap(scan -> scan.left().stream()).map(this::view).toList());
  }

  private static ScanView view(Swept scan) {
    return new ScanView(
        scan.participant(),
        scan.at().toString(),
        scan.committed(),
        scan.rolledBack(),
        scan.remaining(),
        scan.failure() == null ? null : Causes.readable(scan.failure()));
  }

  private BranchView view(InDoubtBranch branch) {
    Duration age = Duration.between(branch.seen(), clock.instant()).truncatedTo(ChronoUnit.SECONDS);
    return new BranchView(
        branch.transaction() == null ? null : branch.transaction().toString(),
        branch.xid(),
        branch.participant(),
        age.toString(),
        WireName.of(branch.decision()),
        WireName.of(branch.safeAction()));
  }
}

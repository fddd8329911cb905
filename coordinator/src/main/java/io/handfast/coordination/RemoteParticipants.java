package io.handfast.coordination;

import io.handfast.commit.UnitOfWork;
import io.handfast.log.ClientLog;
import io.handfast.log.RemoteBranch;
import io.handfast.log.UnconfirmedWriteException;
import io.handfast.participant.NamedXaResource;
import io.handfast.remote.RemoteAddress;
import io.handfast.remote.RemoteClient;
import io.handfast.remote.RemoteXaResource;
import io.handfast.resolution.Branch;
import io.handfast.resolution.BranchAction;
import io.handfast.resolution.Heuristic;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.TransactionId;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * The services that take part in clients' transactions.
 *
 * <p>A service is in the decision log from before it is first asked until it knows the outcome.
 * Thread-safe.
 */
public class RemoteParticipants {

  /** More services in one transaction are refused. */
  static final int MOST = 16;

  private static final Logger LOG = Logger.getLogger(RemoteParticipants.class);

  private final RemoteClient client;
  private final ClientLog log;
  private final Resolutions resolutions;
  private final Clock clock;

  public RemoteParticipants(
      RemoteConfig config, ClientLog log, Resolutions resolutions, Clock clock) {
    this.client = new RemoteClient(config.timeout());
    this.log = log;
    this.resolutions = resolutions;
    this.clock = clock;
  }

  /** The names that services have in decisions, whatever clients call them. */
  public static List<String> participantNames() {
    return IntStream.rangeClosed(1, MOST).mapToObj(RemoteParticipants::participantName).toList();
  }

  static String participantName(int number) {
    return RemoteBranch.PREFIX + number;
  }

  RemoteClient client() {
    return client;
  }

  /**
   * Lets a service take part; it is in the log when this returns. Repeating it changes nothing.
   *
   * @param clientsId the id that the client has for the transaction
   * @throws RefusedException the unit has no room for it, or for no service at all
   */
  public RemoteBranch join(UnitOfWork work, String clientsId, String name, URI url)
      throws Exception {
    TransactionId id =
        work.id()
            .filter(TransactionId::isOfClient)
            .orElseThrow(
                () ->
                    new RefusedException(
                        RefusedException.Reason.PARTICIPANT_REFUSED,
                        "Only a transaction under two-phase commit, begun by a client, takes services."));
    List<String> services = work.participants().stream().filter(RemoteBranch::isRemote).toList();
    if (services.contains(RemoteBranch.PREFIX + name)) {
      return again(id, name, url);
    }
    if (services.size() == MOST) {
      throw new RefusedException(
          RefusedException.Reason.PARTICIPANT_REFUSED,
          "A transaction takes %d services.".formatted(MOST));
    }
    RemoteBranch branch =
        new RemoteBranch(id, participantName(services.size() + 1), name, url, clientsId);
    log.join(branch);
    work.enlist(resource(branch), RemoteBranch.PREFIX + name);
    return branch;
  }

  private RemoteBranch again(TransactionId id, String name, URI url) throws RefusedException {
    RemoteBranch known =
        log.joined(id).stream()
            .filter(branch -> branch.name().equals(name))
            .findFirst()
            .orElseThrow();
    if (!known.url().equals(url)) {
      throw new RefusedException(
          RefusedException.Reason.PARTICIPANT_REFUSED,
          "There is a participant '%s' at %s already; PUT moves it.".formatted(name, known.url()));
    }
    return known;
  }

  /** The service as the engine knows it. */
  private NamedXaResource resource(RemoteBranch branch) {
    return new NamedXaResource(
        branch.participant(),
        new RemoteXaResource(client, () -> address(now(branch)), listener(branch)));
  }

  /** A service of a transaction that does not know the outcome yet. */
  public Optional<RemoteBranch> find(String clientsId, String name) {
    return log.joined().stream()
        .filter(branch -> branch.clientsId().equals(clientsId) && branch.name().equals(name))
        .findFirst();
  }

  /** Gives a service a new address, from the next call on. */
  public RemoteBranch move(RemoteBranch branch, URI url) throws UnconfirmedWriteException {
    RemoteBranch moved = branch.at(url);
    log.join(moved);
    LOG.infof(
        "participant moved gtrid=%s participant=%s name=%s url=%s",
        branch.transaction(), branch.participant(), branch.name(), url);
    return moved;
  }

  private RemoteBranch now(RemoteBranch branch) {
    return log.joined(branch.transaction()).stream()
        .filter(known -> known.participant().equals(branch.participant()))
        .findFirst()
        .orElse(branch);
  }

  static RemoteAddress address(RemoteBranch branch) {
    String url = branch.url().toString();
    return new RemoteAddress(
        url.endsWith("/") ? url.substring(0, url.length() - 1) : url,
        branch.clientsId(),
        branch.name());
  }

  private RemoteXaResource.Listener listener(RemoteBranch branch) {
    return new RemoteXaResource.Listener() {
      @Override
      public void settled() {
        RemoteParticipants.this.settled(branch);
      }

      @Override
      public void heuristic() {
        RemoteParticipants.this.heuristic(branch, true);
      }
    };
  }

  void settled(RemoteBranch branch) {
    log.left(branch);
  }

  /** The service has decided alone: an operator must look, and it is told nothing more. */
  void heuristic(RemoteBranch branch, boolean wasToCommit) {
    Branch known = Branch.of(branch.transaction(), branch.participant());
    resolutions.keep(
        new Heuristic(
            known,
            wasToCommit ? BranchAction.COMMIT : BranchAction.ROLLBACK,
            Heuristic.Outcome.MIXED,
            "%s at %s has answered 409".formatted(branch.name(), branch.url()),
            clock.instant()));
    LOG.errorf(
        "heuristic outcome gtrid=%s participant=%s name=%s decision=%s: compare what the service has done with the decision, correct it manually, then POST /v1/recovery/in-doubt/%s/forget",
        branch.transaction(),
        branch.participant(),
        branch.name(),
        wasToCommit ? "commit" : "rollback",
        known.xid());
    settled(branch);
  }
}

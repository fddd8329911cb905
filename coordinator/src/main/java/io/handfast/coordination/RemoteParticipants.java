package io.handfast.coordination;

import io.handfast.log.ClientLog;
import io.handfast.log.RemoteBranch;
import io.handfast.log.UnconfirmedWriteException;
import io.handfast.participant.NamedXaResource;
import io.handfast.remote.RemoteAddress;
import io.handfast.remote.RemoteClient;
import io.handfast.remote.RemoteXaResource;
import io.handfast.resolution.Action;
import io.handfast.resolution.Branch;
import io.handfast.resolution.Heuristic;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.TransactionId;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Services that take part in clients' transactions.
 *
 * <p>A service is in the decision log from before it is first asked until it knows the outcome.
 * Thread-safe.
 */
@Singleton
public class RemoteParticipants {

  /** More services in one transaction are refused. */
  static final int MOST = 16;

  private static final Logger LOG = Logger.getLogger(RemoteParticipants.class);

  private record Parts(ClientLog log, Resolutions resolutions) {}

  private final RemoteClient client;
  private final Clock clock;
  private volatile @Nullable Parts parts;

  public RemoteParticipants(RemoteConfig config, Clock clock) {
    this.client = new RemoteClient(config.timeout());
    this.clock = clock;
  }

  /** Makes ready. Called once, at start. */
  public void open(ClientLog log, Resolutions resolutions) {
    parts = new Parts(log, resolutions);
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
   * Lets a service join; it is in the log when this returns.
   *
   * @param number counts the services of the transaction, from 1
   */
  RemoteBranch join(TransactionId id, String clientsId, String name, URI url, int number)
      throws UnconfirmedWriteException {
    RemoteBranch branch = new RemoteBranch(id, participantName(number), name, url, clientsId);
    parts().log().join(branch);
    return branch;
  }

  /** The service as the engine knows it. */
  NamedXaResource resource(RemoteBranch branch) {
    return new NamedXaResource(
        branch.participant(),
        new RemoteXaResource(client, () -> address(now(branch)), listener(branch)));
  }

  /** A service of a transaction that does not know the outcome yet. */
  public Optional<RemoteBranch> find(String clientsId, String name) {
    return parts().log().joined().stream()
        .filter(branch -> branch.clientsId().equals(clientsId) && branch.name().equals(name))
        .findFirst();
  }

  /** Gives a service a new address, from the next call on. */
  public RemoteBranch move(RemoteBranch branch, URI url) throws UnconfirmedWriteException {
    RemoteBranch moved = branch.at(url);
    parts().log().join(moved);
    LOG.infof(
        "participant moved gtrid=%s participant=%s name=%s url=%s",
        branch.transaction(), branch.participant(), branch.name(), url);
    return moved;
  }

  private RemoteBranch now(RemoteBranch branch) {
    return parts().log().joined(branch.transaction()).stream()
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
    parts().log().left(branch);
  }

  /** The service has decided alone: a person must look, and it is told nothing more. */
  void heuristic(RemoteBranch branch, boolean wasToCommit) {
    Branch known = Branch.of(branch.transaction(), branch.participant());
    parts()
        .resolutions()
        .keep(
            new Heuristic(
                known,
                wasToCommit ? Action.COMMIT : Action.ROLLBACK,
                Heuristic.Outcome.MIXED,
                "%s at %s has answered 409".formatted(branch.name(), branch.url()),
                clock.instant()));
    LOG.errorf(
        "heuristic outcome gtrid=%s participant=%s name=%s decision=%s: compare what the service has done with the decision, put it right by hand, then POST /v1/recovery/in-doubt/%s/forget",
        branch.transaction(),
        branch.participant(),
        branch.name(),
        wasToCommit ? "commit" : "rollback",
        known.xid());
    settled(branch);
  }

  private Parts parts() {
    Parts known = parts;
    if (known == null) {
      throw new IllegalStateException("the service is starting");
    }
    return known;
  }
}

package io.handfast.log;

import io.handfast.transaction.TransactionId;
import java.net.URI;

/**
 * A remote service's part in a decision: its address and names.
 *
 * @param participant its name in the decision
 * @param name its name among the participants of the transaction, as the client gave it
 * @param url where it is asked and told
 * @param clientsId the id by which the client knows the transaction
 */
public record RemoteBranch(
    TransactionId transaction, String participant, String name, URI url, String clientsId) {

  /** What the names of such participants in decisions begin with. */
  public static final String PREFIX = "remote:";

  /** Whether a participant of a decision is a service. */
  public static boolean isRemote(String participant) {
    return participant.startsWith(PREFIX);
  }

  /** The same service at a new address. */
  public RemoteBranch at(URI newUrl) {
    return new RemoteBranch(transaction, participant, name, newUrl, clientsId);
  }
}

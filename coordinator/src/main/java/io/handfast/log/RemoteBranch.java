package io.handfast.log;

import io.handfast.transaction.TransactionId;
import java.net.URI;

/**
 * A service that takes part in a transaction over HTTP.
 *
 * @param participant its name in the decision
 * @param name its name among the participants of the transaction, as the client gave it
 * @param url where it is asked and told
 */
public record RemoteBranch(TransactionId transaction, String participant, String name, URI url) {}

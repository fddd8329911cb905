package io.handfast.log;

import io.handfast.transaction.TransactionId;
import java.time.Instant;
import java.util.Map;

/**
 * A decision to commit, as the log keeps it.
 *
 * @param id the transaction
 * @param participants the names of all that must confirm before the decision may be forgotten, each
 *     with the identity of the participant that prepared; empty where that is not known
 * @param decidedAt when it was decided, by this node's clock
 */
public record LoggedDecision(
    TransactionId id, Map<String, String> participants, Instant decidedAt) {}

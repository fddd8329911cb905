package io.handfast.log;

import io.handfast.transaction.TransactionId;
import java.time.Instant;
import java.util.Set;

/**
 * A decision to commit, as the log keeps it.
 *
 * @param id the transaction
 * @param participants the names of all that must confirm before the decision may be forgotten
 * @param decidedAt when it was decided, by this node's clock
 */
public record LoggedDecision(TransactionId id, Set<String> participants, Instant decidedAt) {}

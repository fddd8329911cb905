package io.handfast.log;

import io.handfast.node.NodeIdentity;
import java.util.Collection;

/**
 * What a log said when it was opened.
 *
 * @param identity whose log it is, at its last start
 * @param decisions those that were not confirmed
 */
record LogContent(NodeIdentity identity, Collection<LoggedDecision> decisions) {}

package io.handfast.log;

import io.handfast.node.NodeIdentity;

/**
 * What a log said when it was opened.
 *
 * @param identity whose log it is, at its last start
 * @param state what its records add up to
 */
record LogContent(NodeIdentity identity, LogState state) {}

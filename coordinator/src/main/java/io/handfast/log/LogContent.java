package io.handfast.log;

import io.handfast.node.NodeIdentity;
import java.nio.file.Path;

/**
 * The content of a log when it was opened.
 *
 * @param identity whose log it is, at its last start
 * @param state what its records add up to
 */
record LogContent(NodeIdentity identity, LogState state) {

  /**
   * Refuses to be the log of another node than the one that it is of.
   *
   * @throws IllegalStateException it is another node's
   */
  void requireOwner(String node, Path directory) {
    if (!identity.node().equals(node)) {
      throw new IllegalStateException(
          "the decision log in %s belongs to node '%s', not to '%s': set handfast.node=%s, or point handfast.data-directory at a directory of its own"
              .formatted(directory, identity.node(), node, identity.node()));
    }
  }
}

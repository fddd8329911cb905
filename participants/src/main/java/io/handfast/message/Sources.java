package io.handfast.message;

import java.util.Optional;

/**
 * The kinds of sources that a node has.
 *
 * @param queues the broker, with queues and subscriptions
 * @param partitions topics whose partitions keep their messages; empty where the node has none
 */
public record Sources(SourceConnector queues, Optional<SourceConnector> partitions) {

  /** The kind that a source is of. */
  public SourceConnector of(Source source) {
    return source.isPositioned()
        ? partitions.orElseThrow(() -> new IllegalStateException("no such source: " + source))
        : queues;
  }
}

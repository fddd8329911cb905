package io.handfast.message;

import java.util.Optional;

/**
 * The kinds of sources that a node has.
 *
 * @param queues the broker, with queues and subscriptions; empty where the node has none
 * @param partitions topics whose partitions keep their messages; empty where the node has none
 * @param leases queues that lease their messages; empty where the node has none
 */
public record Sources(
    Optional<SourceConnector> queues,
    Optional<SourceConnector> partitions,
    Optional<SourceConnector> leases) {

  /** The kinds of a node that knows no queues that lease messages. */
  public Sources(Optional<SourceConnector> queues, Optional<SourceConnector> partitions) {
    this(queues, partitions, Optional.empty());
  }

  /** The kind that a source is of. */
  public SourceConnector of(Source source) {
    return find(source).orElseThrow(() -> new IllegalStateException("no such source: " + source));
  }

  /** The kind that a source is of; empty where the node has none of it. */
  public Optional<SourceConnector> find(Source source) {
    if (source.isLeased()) {
      return leases;
    }
    return source.isPositioned() ? partitions : queues;
  }
}

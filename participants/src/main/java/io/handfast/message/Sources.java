package io.handfast.message;

import java.util.Optional;

/**
 * The kinds of sources that a node has.
 *
 * @param queues the broker, with queues and subscriptions; empty where the node has none
 * @param partitions topics whose partitions keep their messages; empty where the node has none
 */
public record Sources(Optional<SourceConnector> queues, Optional<SourceConnector> partitions) {

  /** The kind that a source is of. */
  public SourceConnector of(Source source) {
    return find(source).orElseThrow(() -> new IllegalStateException("no such source: " + source));
  }

  /** The kind that a source is of; empty where the node has none of it. */
  public Optional<SourceConnector> find(Source source) {
    return source.isPositioned() ? partitions : queues;
  }
}

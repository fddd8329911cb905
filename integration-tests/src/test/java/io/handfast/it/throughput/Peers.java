package io.handfast.it.throughput;

import io.handfast.it.peers.Peer;
import java.util.List;
import java.util.Map;

/** What people use instead of Handfast, each an {@link External}. */
final class Peers {
  /** In the name of each that commits in two phases. */
  static final String XA = "XA";

  /** The name of the hand-written consumer that acknowledges after its commit. */
  static final String PLAIN = "hand-written, at-least-once";

  /** As many as were fastest with one message a transaction. */
  private static final int CONSUMERS = 8;

  private Peers() {}

  /** Every peer, where they were built ({@code -Ppeers}); else none. */
  static List<Contestant> all() {
    if (System.getProperty("peers.directory", "").isEmpty()) {
      return List.of();
    }
    return List.of(
        contestant("Quarkus with Narayana, XA", Peer.quarkusNarayana()),
        contestant("Spring Boot with Atomikos, XA", Peer.springBootAtomikos()),
        contestant(PLAIN, Peer.handWritten("at-least-once")),
        contestant("hand-written, deduplication table", Peer.handWritten("deduplication-table")));
  }

  private static Contestant contestant(String name, Peer peer) {
    peer.with("CONSUMERS", CONSUMERS);
    Map<String, String> settings =
        Map.of(
            "consumers", Integer.toString(CONSUMERS),
            "messages a transaction", "1",
            "else", "peers/README.md");
    return new External(
        name,
        settings,
        place -> peer.from(place.broker(), place.queue()).into(place.database()).start().pid(),
        peer::stop);
  }
}

package io.handfast.it.benchmark.throughput;

import io.handfast.it.benchmark.peers.Peer;
import java.util.List;
import java.util.Map;

/** What people use instead of Handfast. */
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
        new PeerContestant("Quarkus with Narayana, XA", Peer.quarkusNarayana()),
        new PeerContestant("Spring Boot with Atomikos, XA", Peer.springBootAtomikos()),
        new PeerContestant(PLAIN, Peer.handWritten("at-least-once")),
        new PeerContestant(
            "hand-written, deduplication table", Peer.handWritten("deduplication-table")));
  }

  private record PeerContestant(String name, Peer peer) implements Contestant {
    @Override
    public Map<String, String> settings() {
      return Map.of(
          "consumers", Integer.toString(CONSUMERS),
          "messages a transaction", "1",
          "else", "peers/README.md");
    }

    @Override
    public void start(Place place) {
      peer.from(place.broker(), place.queue())
          .into(place.database())
          .with("CONSUMERS", CONSUMERS)
          .start();
    }

    @Override
    public void stop() {
      peer.stop();
    }

    @Override
    public long pid() {
      return peer.pid();
    }
  }
}

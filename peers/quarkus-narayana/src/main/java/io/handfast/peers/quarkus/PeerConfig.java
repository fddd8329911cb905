package io.handfast.peers.quarkus;

import io.smallrye.config.ConfigMapping;

/** What is asked of this peer; application.properties takes it from the environment. */
@ConfigMapping(prefix = "peer")
interface PeerConfig {
  Broker broker();

  String queue();

  /** How many threads take messages, each with a connection of its own. */
  int consumers();

  Mode mode();

  interface Broker {
    String url();

    String user();

    String password();
  }

  /** How a session comes into the transaction. */
  enum Mode {
    /** The pool enlists it, as documented: session and consumer are new in each transaction. */
    POOLED,
    /** It is enlisted by hand and outlives the transaction, and so does its consumer. */
    ENLISTED
  }
}

package io.handfast.peers.spring;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What is asked of this peer; application.properties takes it from the environment.
 *
 * @param cacheLevel what Spring's listener container keeps from one message to the next
 */
@ConfigurationProperties(prefix = "peer")
record PeerConfig(Server broker, Server database, String queue, int consumers, String cacheLevel) {

  /** Where a server is and who asks. */
  record Server(String url, String user, String password) {}
}

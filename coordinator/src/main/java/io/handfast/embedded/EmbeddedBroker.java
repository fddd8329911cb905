package io.handfast.embedded;

import java.nio.file.Path;

/**
 * A broker inside this process, for a first run. A program has at most one, the native one none.
 */
interface EmbeddedBroker extends AutoCloseable {

  /**
   * Starts the broker.
   *
   * @param port 0 picks a free one
   * @return the URL by which this process reaches it, and no other
   * @throws IllegalStateException the broker cannot start, for example since the port is taken
   */
  String start(Path directory, int port);

  /** The URL that JMS clients of other processes connect to; once it is started. */
  String outsideUrl();

  @Override
  void close();
}

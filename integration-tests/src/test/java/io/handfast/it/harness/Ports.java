package io.handfast.it.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports that stay free while the process that had one is down. */
final class Ports {
  /**
   * Below 32,000, where the range begins from which connections get their local port: otherwise,
   * while a server is down, an outgoing connection can take its port, or even connect to itself.
   * For the same reason each process that runs tests has ports of its own.
   */
  private static final int EACH = 1_000;

  private static final int LOWEST = 20_000 + EACH * (Fork.number() - 1);
  private static final int HIGHEST = LOWEST + EACH;

  private Ports() {}

  static int free() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + LOWEST + " and " + HIGHEST);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}

package io.handfast.it.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network between a client and a server of this machine that can be cut, lose what the server
 * answers, or stand still. Thread-safe.
 *
 * <p>Where Linux tells who listens, it accepts connections only while the server does, as a network
 * would: whoever accepts first and finds out then is a different thing to a client.
 */
public final class TcpProxy implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;

  private enum Mode {
    FORWARDS,
    STALLS,
    LOSES_REPLIES,
    REFUSES
  }

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final String LISTENS = "0A";
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

  private final int port = Ports.free();
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private Mode mode = Mode.FORWARDS;
  private ServerSocket server;
  private boolean isClosed;

  /** Forwards a free port to a port on which a server listens, now or later. */
  public TcpProxy(int target) {
    this.target = target;
    openOrClose();
    background("looks", this::look);
  }

  /** The port that clients connect to. */
  public int port() {
    return port;
  }

  private void look() {
    try {
      while (openOrClose()) {
        Thread.sleep(LOOK.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether to go on looking. */
  private synchronized boolean openOrClose() {
    try {
      boolean isWanted = !isClosed && isListening(target);
      if (isWanted && server == null) {
        ServerSocket open = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        server = open;
        background("accepts", () -> accept(open));
      } else if (!isWanted && server != null) {
        server.close();
        server = null;
      }
      return !isClosed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isListening(int port) throws IOException {
    String suffix = ":%04X".formatted(port);
    boolean isKnown = false;
    for (Path table : TABLES) {
      if (Files.exists(table)) {
        isKnown = true;
        if (isListening(suffix, table)) {
          return true;
        }
      }
    }
    return !isKnown;
  }

  /** Who listens comes first in the table. */
  private static boolean isListening(String suffix, Path table) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(table)) {
      lines.readLine(); // the heading
      String line = lines.readLine();
      while (line != null) {
        String[] columns = line.trim().split(" +", 5);
        if (!columns[3].equals(LISTENS)) {
          return false;
        }
        if (columns[1].endsWith(suffix)) {
          return true;
        }
        line = lines.readLine();
      }
    }
    return false;
  }

  /** Resets all connections; new ones can be made at once. */
  public void cut() {
    sockets.forEach(TcpProxy::reset);
  }

  /** Resets all connections, and each new one, until it is healed. */
  public void refuse() {
    become(Mode.REFUSES);
    cut();
  }

  /** Lets all requests through and swallows what the server answers, until it is healed. */
  public void loseReplies() {
    become(Mode.LOSES_REPLIES);
  }

  /** Holds back everything in both directions, with all connections open, until it is healed. */
  public void stall() {
    become(Mode.STALLS);
  }

  /**
   * Forwards again. Connections that have lost something are reset, since what follows on them
   * would make no sense.
   */
  public void heal() {
    boolean hasLost = become(Mode.FORWARDS) == Mode.LOSES_REPLIES;
    if (hasLost) {
      cut();
    }
  }

  private synchronized Mode become(Mode next) {
    Mode before = mode;
    mode = next;
    notifyAll();
    return before;
  }

  private synchronized Mode awaitMoving() throws InterruptedException {
    while (mode == Mode.STALLS) {
      wait();
    }
    return mode;
  }

  private void accept(ServerSocket open) {
    while (true) {
      try {
        Socket client = open.accept();
        background("connects", () -> connect(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket client) {
    Socket upstream = new Socket();
    sockets.add(client);
    sockets.add(upstream);
    try {
      if (awaitMoving() == Mode.REFUSES) {
        throw new IOException("refused");
      }
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      background("replies", () -> pump(upstream, client, true));
      pump(client, upstream, false);
    } catch (IOException | InterruptedException e) {
      end(client, upstream);
    }
  }

  private void pump(Socket from, Socket to, boolean isReply) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read = in.read(buffer);
      while (read >= 0) {
        if (awaitMoving() != Mode.LOSES_REPLIES || !isReply) {
          out.write(buffer, 0, read);
        }
        read = in.read(buffer);
      }
    } catch (IOException | InterruptedException e) {
      // the other direction ends with it
    } finally {
      end(from, to);
    }
  }

  private void end(Socket one, Socket other) {
    openOrClose(); // first: whoever is cut off here comes back at once
    sockets.remove(one);
    sockets.remove(other);
    reset(one);
    reset(other);
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0); // RST instead of FIN
      socket.close();
    } catch (IOException e) {
      // closed already
    }
  }

  private void background(String what, Runnable body) {
    Thread thread = new Thread(body, "proxy of " + target + " " + what);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
    }
    openOrClose();
    cut();
  }
}

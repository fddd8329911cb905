package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.message.BlockedSends;
import io.handfast.message.BrokerSettings;
import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BrokerConnectionsTest {
  private static final int LESS_THAN_A_CALL_MAY_TAKE = 5_000;

  /** What accepts and stays silent: a broker that hangs, or a door in front of one that is away. */
  private final ServerSocket silent;

  BrokerConnectionsTest() throws Exception {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    silent.setSoTimeout(LESS_THAN_A_CALL_MAY_TAKE);
  }

  @Test
  void nobodyWaitsForTheConnectionOfAnother() throws Exception {
    ArtemisBroker broker =
        new ArtemisBroker(
            new BrokerSettings("tcp://127.0.0.1:" + silent.getLocalPort(), "user", "password"),
            MessageLimits.ofHeap(1L << 28),
            BlockedSends.NONE);
    List<Callable<Object>> doors =
        List.of(
            () -> broker.openXa(Prefetch.BUFFERED),
            () -> broker.openXa(Prefetch.BUFFERED),
            () -> broker.openLocal(Prefetch.ON_DEMAND),
            broker::openForRecovery,
            broker::openAdministration,
            () -> broker.claim("n1"));
    ExecutorService threads = Executors.newCachedThreadPool();
    try (silent) {
      List<Future<Object>> opening = doors.stream().map(threads::submit).toList();

      List<Socket> connected = Stream.generate(this::accept).limit(doors.size()).toList();

      assertThat(opening).noneMatch(Future::isDone);
      for (Socket socket : connected) {
        socket.close();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Socket accept() {
    try {
      return silent.accept();
    } catch (Exception e) {
      throw new AssertionError("no further connection while the others wait", e);
    }
  }

  @Test
  void whatIsNoUrlIsRefusedAtOnce() {
    assertThatThrownBy(
            () ->
                new ArtemisBroker(
                    new BrokerSettings("nonsense:/", "user", "password"),
                    MessageLimits.ofHeap(1L << 28),
                    BlockedSends.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nonsense:/");
  }
}

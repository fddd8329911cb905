package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.ChildProcess;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.SharedNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that is told to stop stops, whatever hangs. */
class HangingShutdownIT {
  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(configuration -> configuration.set("handfast.remote.timeout", "PT2S"));

  private final List<Socket> kept = new CopyOnWriteArrayList<>();
  private ServerSocket silent;
  private String hangs;
  private String other;

  @BeforeEach
  void start() throws Exception {
    hangs = SHARED.unique() + "hangs";
    other = SHARED.unique() + "other";
    SHARED.database().execute("CREATE TABLE " + other + " (id bigint)");
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::answerHeadersOnly);
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stop() throws IOException {
    silent.close();
    for (Socket socket : kept) {
      socket.close();
    }
  }

  private void answerHeadersOnly() {
    try {
      while (true) {
        Socket socket = silent.accept();
        kept.add(socket);
        socket.getInputStream().read(new byte[64 * 1024]);
        socket
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".getBytes("US-ASCII"));
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  private String silentUrl() {
    return "http://127.0.0.1:" + silent.getLocalPort() + "/";
  }

  private JsonNode delivery(String name) {
    return SHARED.wire().delivery(name).json();
  }

  private DeliverySpec inserting() {
    return DeliverySpec.fromQueue(other).statement("INSERT INTO " + other + " VALUES (:id)");
  }

  @Test
  void aTerminatedNodeEndsInTimeThoughAHandlerHangsAndATableIsLocked() throws Exception {
    SHARED.wire().putDelivery(hangs, DeliverySpec.fromQueue(hangs).handler(silentUrl(), "PT1H"));
    SHARED.wire().putDelivery(other, inserting());
    try (Connection locking = SHARED.database().connect();
        Statement lock = locking.createStatement()) {
      locking.setAutoCommit(false);
      lock.execute("LOCK TABLE " + other);
      SHARED.wire().sendJson(hangs, "{}");
      SHARED.wire().sendJson(other, "{\"id\": 1}");
      eventually(() -> assertThat(kept).isNotEmpty());
      eventually(
          () ->
              assertThat(
                      SHARED.database().number("SELECT count(*) FROM pg_locks WHERE NOT granted"))
                  .isPositive());

      ChildProcess.Exit exit = SHARED.node().terminate();

      assertThat(exit.took()).isLessThan(Duration.ofSeconds(16));
    }
    SHARED.node().start();
    eventually(
        () -> assertThat(SHARED.database().number("SELECT count(*) FROM " + other)).isEqualTo(1));
    SHARED.wire().deleteDelivery(hangs);
  }
}

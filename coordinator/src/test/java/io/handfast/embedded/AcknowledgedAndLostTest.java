package io.handfast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.artemis.ArtemisBroker;
import io.handfast.message.BlockedSends;
import io.handfast.message.BrokerSettings;
import io.handfast.message.MessageLimits;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.junit.jupiter.api.Test;

/**
 * Artemis delivers a message no more where it handles its acknowledgement while it rolls back what
 * the lost connection of it had in flight.
 */
class AcknowledgedAndLostTest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String QUEUE = "slow";

  private final EmbeddedActiveMQ server = new EmbeddedActiveMQ();

  @Test
  void anAbandonedSessionIsLostAfterTheBrokerHasHandledWhatItAcknowledged() throws Exception {
    server.setConfiguration(
        new ConfigurationImpl()
            .setSecurityEnabled(false)
            .setPersistenceEnabled(false)
            .addAcceptorConfiguration("inside", "vm://7"));
    server.start();
    try {
      ArtemisBroker broker =
          new ArtemisBroker(
              new BrokerSettings("vm://7", null, null),
              MessageLimits.ofHeap(1L << 28),
              BlockedSends.NONE);
      SourceSession abandoned = broker.openLocal(Prefetch.ON_DEMAND);
      abandoned.send(QUEUE, "a", Map.of());
      abandoned.commit();
      abandoned.consume(Source.ofQueue(QUEUE));

      CompletableFuture<Boolean> isLostEarly = slowDown(onlySession());
      assertThat(abandoned.receive(1, PATIENCE)).hasSize(1);
      abandoned.abandon();

      assertThat(isLostEarly.get(5, TimeUnit.SECONDS)).isFalse();

      try (SourceSession next = broker.openLocal(Prefetch.ON_DEMAND)) {
        next.consume(Source.ofQueue(QUEUE));
        assertThat(next.receive(1, PATIENCE)).hasSize(1);
        next.rollback();
      }
    } finally {
      server.stop();
    }
  }

  private ServerSession onlySession() {
    return server.getActiveMQServer().getSessions().stream()
        .filter(session -> !session.getServerConsumers().isEmpty())
        .findFirst()
        .orElseThrow();
  }

  /**
   * Holds what the broker needs to handle an acknowledgement, less long than is waited for it.
   *
   * @return whether the session is lost by then
   */
  private static CompletableFuture<Boolean> slowDown(ServerSession session) throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CompletableFuture<Boolean> isLost =
        CompletableFuture.supplyAsync(
            () -> {
              synchronized (session.getServerConsumers().iterator().next()) {
                held.countDown();
                LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
                return session.isClosed();
              }
            });
    held.await();
    return isLost;
  }
}

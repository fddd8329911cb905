package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.concurrent.Threads;
import io.handfast.message.BrokerException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AcknowledgementGateTest {

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch answered = new CountDownLatch(1);

  @Test
  void theBrokerIsAskedAfterTheLastAcknowledgement() throws Exception {
    AcknowledgementGate acknowledging = new AcknowledgementGate(session());
    answered.countDown();

    acknowledging.acknowledge(message());
    acknowledging.end();

    assertThat(calls).containsExactly("individualAcknowledge", "addressQuery");
    assertThatThrownBy(() -> acknowledging.acknowledge(message()))
        .isInstanceOf(BrokerException.class);
    assertThat(calls).hasSize(2);
  }

  @Test
  void aBrokerThatTakesNoAcknowledgementIsNotWaitedForWithoutABound() throws Exception {
    AcknowledgementGate acknowledging = new AcknowledgementGate(session());
    Thread hanging = Threads.start("hanging", () -> acknowledge(acknowledging));
    begun.await();

    acknowledging.end();

    assertThat(calls).containsExactly("individualAcknowledge");
    answered.countDown();
    hanging.join(TimeUnit.SECONDS.toMillis(10));
  }

  private void acknowledge(AcknowledgementGate acknowledging) {
    try {
      acknowledging.acknowledge(message());
    } catch (BrokerException e) {
      throw new IllegalStateException(e);
    }
  }

  private ClientMessage message() {
    return fake(
        ClientMessage.class,
        () -> {
          begun.countDown();
          answered.await();
        });
  }

  private ClientSession session() {
    return fake(ClientSession.class, () -> {});
  }

  /** What a call of the broker's client does before it answers. */
  @FunctionalInterface
  private interface Doing {
    void run() throws InterruptedException;
  }

  private <T> T fake(Class<T> type, Doing doing) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              calls.add(method.getName());
              doing.run();
              return null;
            }));
  }
}

package io.handfast.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeadlineTest {

  private final Object monitor = new Object();
  private final AtomicBoolean isSo = new AtomicBoolean();

  @Test
  void whatIsSoAlreadyIsNotWaitedFor() throws Exception {
    isSo.set(true);

    synchronized (monitor) {
      assertThat(Deadline.after(Duration.ZERO).await(monitor, isSo::get)).isTrue();
    }
  }

  @Test
  void aChangeEndsTheWait() throws Exception {
    Thread changing =
        Threads.start(
            "changing",
            () -> {
              synchronized (monitor) {
                isSo.set(true);
                monitor.notifyAll();
              }
            });

    synchronized (monitor) {
      assertThat(Deadline.after(Duration.ofHours(1)).await(monitor, isSo::get)).isTrue();
    }
    changing.join();
  }

  @Test
  void patienceEnds() throws Exception {
    Deadline soon = Deadline.after(Duration.ofMillis(20));

    synchronized (monitor) {
      assertThat(soon.await(monitor, isSo::get)).isFalse();
    }
    assertThat(soon.isOver()).isTrue();
  }

  @Test
  void anotherNotificationIsNotTakenForTheChange() throws Exception {
    Threads.start(
        "notifying",
        () -> {
          synchronized (monitor) {
            monitor.notifyAll();
          }
        });

    synchronized (monitor) {
      assertThat(Deadline.after(Duration.ofMillis(50)).await(monitor, isSo::get)).isFalse();
    }
  }
}

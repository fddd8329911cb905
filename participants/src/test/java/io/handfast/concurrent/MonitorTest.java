package io.handfast.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MonitorTest {

  private final Monitor monitor = new Monitor();
  private final AtomicBoolean isSo = new AtomicBoolean();

  @Test
  void whatIsSoAlreadyIsNotWaitedFor() throws Exception {
    isSo.set(true);

    try (Monitor held = monitor.enter()) {
      assertThat(held.await(Deadline.after(Duration.ZERO), isSo::get)).isTrue();
    }
  }

  @Test
  void aChangeEndsTheWait() throws Exception {
    Thread changing =
        Threads.start(
            "changing",
            () -> {
              try (Monitor held = monitor.enter()) {
                isSo.set(true);
                held.changed();
              }
            });

    try (Monitor held = monitor.enter()) {
      assertThat(held.await(Deadline.after(Duration.ofHours(1)), isSo::get)).isTrue();
    }
    changing.join();
  }

  @Test
  void patienceEnds() throws Exception {
    Deadline soon = Deadline.after(Duration.ofMillis(20));

    try (Monitor held = monitor.enter()) {
      assertThat(held.await(soon, isSo::get)).isFalse();
    }
    assertThat(soon.isOver()).isTrue();
  }

  @Test
  void anotherNotificationIsNotTakenForTheChange() throws Exception {
    Threads.start(
        "notifying",
        () -> {
          try (Monitor held = monitor.enter()) {
            held.changed();
          }
        });

    try (Monitor held = monitor.enter()) {
      assertThat(held.await(Deadline.after(Duration.ofMillis(50)), isSo::get)).isFalse();
    }
  }
}

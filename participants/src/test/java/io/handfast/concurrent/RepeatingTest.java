package io.handfast.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.Thread.UncaughtExceptionHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RepeatingTest {

  @Test
  void aTaskThatFailsIsReportedAndRunsAgain() throws Exception {
    List<Throwable> reported = new CopyOnWriteArrayList<>();
    CountDownLatch runs = new CountDownLatch(3);
    UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> reported.add(failure));
    try (Repeating task =
        Repeating.start(
            "repeating",
            Duration.ZERO,
            Duration.ofMillis(1),
            () -> {
              runs.countDown();
              throw runs.getCount() > 1
                  ? new OutOfMemoryError("injected")
                  : new AssertionError("other");
            })) {
      assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(reported.get(0)).isInstanceOf(OutOfMemoryError.class);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }
}

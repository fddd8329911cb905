package io.handfast.participant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecurringTest {

  @Test
  void aTaskThatFailsIsReportedAndRunsAgain() throws Exception {
    List<Throwable> reported = new CopyOnWriteArrayList<>();
    CountDownLatch runs = new CountDownLatch(3);
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task);
              thread.setUncaughtExceptionHandler((failed, failure) -> reported.add(failure));
              return thread;
            });
    try {
      executor.scheduleWithFixedDelay(
          Recurring.task(
              () -> {
                runs.countDown();
                throw runs.getCount() > 1
                    ? new OutOfMemoryError("injected")
                    : new AssertionError("other");
              }),
          0,
          1,
          TimeUnit.MILLISECONDS);

      assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(reported.get(0)).isInstanceOf(OutOfMemoryError.class);
    } finally {
      executor.shutdownNow();
    }
  }
}

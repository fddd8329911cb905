package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.handfast.message.BlockedSends;
import io.handfast.message.BrokerException;
import io.handfast.message.ProducersBlockedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker that gives no credits holds up one send at a time, and none for good. */
@Timeout(60)
class SendWatchTest {

  private final CountDownLatch room = new CountDownLatch(1);
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final SendWatch watch =
      new SendWatch(
          Duration.ofMillis(20),
          queue -> await(room),
          new BlockedSends() {
            @Override
            public void blocked(String queue) {
              told.add("blocked " + queue);
            }

            @Override
            public void released(String queue) {
              told.add("released " + queue);
            }
          });

  private static void await(CountDownLatch latch) throws BrokerException {
    try {
      if (!latch.await(50, TimeUnit.SECONDS)) {
        throw new BrokerException("never");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the client does: waits until there is room or its connection is lost. */
  private Throwable send(String queue) {
    CountDownLatch lost = new CountDownLatch(1);
    return catchThrowable(
        () ->
            watch.send(
                queue,
                lost::countDown,
                () -> {
                  await(lost);
                  throw new BrokerException("the connection is lost");
                }));
  }

  @Test
  void allButOneOfTheSendsThatWaitAtAQueueEndSoonAndOthersFailAtOnce() throws Exception {
    List<CompletableFuture<Throwable>> sends =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> send("full"), task -> new Thread(task).start()))
            .toList();

    long ended = 0;
    while (ended < 19) {
      Thread.sleep(20);
      ended = sends.stream().filter(CompletableFuture::isDone).count();
    }

    assertThat(watch.blocked()).containsExactly("full");
    assertThat(told).containsExactly("blocked full");
    assertThat(send("full")).isInstanceOf(ProducersBlockedException.class);
    watch.send("other", () -> {}, () -> {});
    for (CompletableFuture<Throwable> send : sends) {
      assertThat(send.get()).isInstanceOf(ProducersBlockedException.class);
    }
  }

  @Test
  void aQueueThatTakesMessagesAgainIsReleased() throws Exception {
    assertThat(send("full")).isInstanceOf(ProducersBlockedException.class);

    room.countDown();

    while (!watch.blocked().isEmpty()) {
      Thread.sleep(20);
    }
    assertThat(told).containsExactly("blocked full", "released full");
    watch.send("full", () -> {}, () -> {});
  }
}

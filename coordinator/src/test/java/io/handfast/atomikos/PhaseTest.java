package io.handfast.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.commit.FakeXaResource;
import io.handfast.event.Events;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PhaseTest {

  private static final TransactionId ID = new TransactionId("n1", "0a1b2c3d", 4, 16);

  private static final Executor NO_THREADS =
      task -> {
        throw new RejectedExecutionException();
      };

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Branches branches = new Branches(ID, threads, Events.NONE);
  private final Branch first = branch("first");
  private final Branch second = branch("second");

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private Branch branch(String name) {
    return branches.of(new NamedXaResource(name, new FakeXaResource(name, new Trace())));
  }

  @Test
  void allAreAskedAtTheSameTime() throws Exception {
    CyclicBarrier everybody = new CyclicBarrier(2);
    Phase phase = new Phase(threads, branch -> meet(everybody, branch == first ? 1 : 2));

    assertThat(phase.ask(first, List.of(first, second), first)).isEqualTo(1);
    assertThat(phase.ask(second, List.of(), second)).isEqualTo(2);
  }

  private static int meet(CyclicBarrier barrier, int answer) {
    try {
      barrier.await(10, TimeUnit.SECONDS);
      return answer;
    } catch (Exception e) {
      throw new IllegalStateException("nobody else was asked", e);
    }
  }

  @Test
  void whoIsAskedAgainIsReallyAskedAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Phase phase = new Phase(threads, branch -> asked.incrementAndGet());

    phase.ask(first, List.of(first, second), first);
    phase.ask(second, List.of(), second);

    assertThat(phase.ask(first, List.of(first, second), first)).isEqualTo(3);
  }

  @Test
  void withoutAThreadTheyAreAskedInTurn() throws Exception {
    Phase phase = new Phase(NO_THREADS, branch -> branch == first ? 1 : 2);

    assertThat(phase.ask(first, List.of(first, second), first)).isEqualTo(1);
    assertThat(phase.ask(second, List.of(), second)).isEqualTo(2);
  }

  @Test
  void eachFailureIsItsOwnBranchs() throws Exception {
    Phase phase = new Phase(threads, branch -> branch == first ? fail() : 2);

    assertThatThrownBy(() -> phase.ask(first, List.of(first, second), second))
        .isInstanceOf(XAException.class);
    assertThat(phase.ask(second, List.of(), second)).isEqualTo(2);
  }

  private static int fail() throws XAException {
    throw new XAException(XAException.XAER_RMFAIL);
  }

  @Test
  void anErrorIsNotTakenForAnAnswer() {
    Phase phase =
        new Phase(
            threads,
            branch -> {
              throw new OutOfMemoryError("on purpose");
            });

    assertThatThrownBy(() -> phase.ask(first, List.of(first, second), second))
        .isInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> phase.ask(second, List.of(), second))
        .isInstanceOf(OutOfMemoryError.class);
  }

  /** A rollback must not overtake the question whether the branch can be committed. */
  @Test
  void whoeverWaitsForAVoteWaitsUntilItIsThere() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    AtomicInteger votes = new AtomicInteger();
    Phase phase = new Phase(threads, branch -> branch == first ? 1 : vote(slow, votes));
    phase.ask(first, List.of(first, second), first);
    Thread waiting = new Thread(() -> phase.await(second));
    waiting.start();

    waiting.join(50);
    assertThat(waiting.isAlive()).isTrue();
    slow.countDown();
    waiting.join(TimeUnit.SECONDS.toMillis(10));

    assertThat(waiting.isAlive()).isFalse();
    assertThat(votes).hasValue(1);
  }

  private static int vote(CountDownLatch slow, AtomicInteger votes) {
    try {
      slow.await();
      return votes.incrementAndGet();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.handfast.sqs;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.concurrent.Scheduling;
import io.handfast.concurrent.Threads;
import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.Prefetch;
import io.handfast.message.Refusal;
import io.handfast.message.SendAcceptance;
import io.handfast.message.Source;
import io.handfast.message.SourceSession;
import io.handfast.message.TargetRefusedException;
import io.handfast.participant.NamedXaResource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of an SQS queue, behind the port of sources.
 *
 * <p>SQS has no sessions and no transactions: each message is leased. To commit is to delete what
 * was handed out; to roll back is to end its leases. Until then they are extended.
 *
 * <p>A thread of its own waits for SQS' answer, since no call of the client can be ended: one long
 * poll goes on over several receives. What it brings after the session was closed is given back.
 */
final class SqsSession implements SourceSession {

  /** The longest that SQS waits for a message. */
  private static final Duration LONG_POLL = Duration.ofSeconds(20);

  /** An answer that is later than this leaves open when the lease began. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  /** Longer than a request may take after its wait. */
  private static final Duration ANSWER = Duration.ofSeconds(15);

  /**
   * A request waits for whole seconds: one that ends so soon after its caller's wait is awaited.
   */
  private static final Duration A_MOMENT = Duration.ofMillis(100);

  /** A unit is filled for a part of a lease: its first message waits, and its lease runs. */
  private static final int FILLS_A_LEASE = 10;

  private final SqsShared shared;
  private final Prefetch intake;
  private final Monitor monitor = new Monitor();
  private @Nullable Source source;
  private volatile @Nullable Leases leases;
  private @Nullable BrokerException failure;
  private boolean isAsking;
  private boolean isWoken;
  private boolean wasFull;
  private boolean isClosed;
  private boolean isAnswered;
  private Deadline expected = Deadline.after(Duration.ZERO);
  private Deadline answer = Deadline.after(Duration.ZERO);
  private long held;

  SqsSession(SqsShared shared, Prefetch intake) {
    this.shared = shared;
    this.intake = intake;
  }

  @Override
  public void consume(Source from) throws BrokerException {
    requireOpen();
    if (leases != null) {
      if (!from.equals(source)) {
        throw new TargetRefusedException(
            from.name(), "the queue of this session, which takes messages from that one alone");
      }
      return;
    }
    SqsCalls calls = shared.calls();
    String url = calls.urlOf(from.name());
    if (url.equals(from.name())) {
      requireThere(url, from.name());
    }
    Source.Key key = Objects.requireNonNull(from.key(), "no queue that leases messages");
    SqsQueue queue = SqsQueue.of(url, SqsCalls.nameOf(from.name()), key, calls);
    Leases begun = new Leases(calls, queue, shared.lease());
    source = from;
    leases = begun;
    shared.keeper().add(begun);
  }

  /** Only the attributes say so of a queue whose URL need not be asked for. */
  private void requireThere(String url, String queue) throws BrokerException {
    try {
      shared.calls().attributes(url, queue);
    } catch (BrokerAccessException e) {
      // Not every consumer may read them; the first receive will tell.
    }
  }

  @Override
  public Optional<Refusal> refusalOf(Source from) throws BrokerException {
    try {
      consume(from);
      return Optional.empty();
    } catch (BrokerException e) {
      return Optional.of(e.refusal().orElseThrow(() -> e));
    }
  }

  private Leases leases() {
    return Objects.requireNonNull(leases, "consume() comes before all else");
  }

  private void requireOpen() throws BrokerException {
    if (monitor.inside(() -> isClosed)) {
      throw new BrokerException("the session is closed");
    }
  }

  @Override
  public List<Message> receive(int max, Duration wait) throws BrokerException {
    requireOpen();
    Leases from = leases();
    shared.inFlight().awaitRoom();
    from.require();
    List<Message> messages = new ArrayList<>();
    if (!awaitFirst(from, max, Deadline.after(wait))) {
      return messages;
    }
    boolean mayTakeMore = take(from, messages, max);
    Deadline full = Deadline.after(from.time().dividedBy(FILLS_A_LEASE));
    while (mayTakeMore && wasFull && !full.isOver()) {
      fill(from, max - messages.size());
      mayTakeMore = take(from, messages, max);
    }
    return messages;
  }

  @Override
  public void expect(Duration wait) {
    expected = Deadline.after(wait);
    Leases known = leases;
    if (wait.isZero() && known != null) {
      known.giveBackWaiting();
    }
  }

  /** Asks until a message is there, or the wait is over; whether there is one. */
  private boolean awaitFirst(Leases from, int max, Deadline end) throws BrokerException {
    boolean isOver = false;
    while (!isOver) {
      Duration poll = poll(end.left());
      ask(from, max, poll);
      isOver = awaitAnswer(from, end);
      if (!isOver
          && poll.isZero()
          && intake == Prefetch.ON_DEMAND) { // would cost, and tell no more
        rest(end);
        isOver = true;
      }
    }
    boolean wasWoken =
        monitor.inside(
            () -> {
              boolean was = isWoken;
              isWoken = false;
              return was;
            });
    return !wasWoken && from.hasWaiting();
  }

  /**
   * How long a request is to wait at SQS, which takes whole seconds. What is sent ahead is for the
   * session anyway; else it must not be for longer than messages are waited for, since what came
   * then would be taken for no caller. The first request does not wait: its answer tells whether
   * SQS gives messages, or throttles, or stands still.
   */
  private Duration poll(Duration wait) {
    if (intake == Prefetch.BUFFERED) {
      return monitor.inside(() -> isAnswered) ? LONG_POLL : Duration.ZERO;
    }
    Duration left = expected.left().compareTo(wait) > 0 ? expected.left() : wait;
    long seconds = Math.min(left.plus(A_MOMENT).toSeconds(), LONG_POLL.toSeconds());
    return Duration.ofSeconds(seconds);
  }

  /** Begins to ask, unless that goes on, or something is there. */
  private void ask(Leases from, int max, Duration wait) {
    try (Monitor inside = monitor.enter()) {
      if (isAsking || isWoken || isClosed || failure != null || from.hasWaiting()) {
        return;
      }
      isAsking = true;
      answer = Deadline.after(wait);
    }
    Threads.start("sqs-receive", () -> answer(from, max, wait));
  }

  private void answer(Leases from, int max, Duration wait) {
    BrokerException failed = new BrokerException("the client of SQS has ended without an answer");
    try {
      request(from, max, wait);
      failed = null;
    } catch (BrokerException e) {
      failed = e;
    } finally {
      boolean isLate;
      try (Monitor inside = monitor.enter()) {
        isAsking = false;
        isAnswered |= failed == null;
        failure = failed;
        isLate = isClosed;
        inside.changed();
      }
      if (isLate) {
        from.giveBack();
      }
    }
  }

  private void request(Leases from, int max, Duration wait) throws BrokerException {
    Instant asked = shared.clock().instant();
    Deadline earliest = Deadline.after(from.time());
    Deadline late = Deadline.after(wait.plus(SLACK));
    int most = Math.min(SqsCalls.BATCH, max);
    String attempt = Long.toHexString(Scheduling.random(Long.MAX_VALUE));
    List<SqsMessage> found =
        shared.calls().receive(from.queue(), most, wait, from.time(), attempt).stream()
            .map(message -> SqsMessage.of(message, from.queue(), asked))
            .toList();
    from.add(found, late.isOver() ? earliest : Deadline.after(from.time()));
    wasFull = found.size() == most;
  }

  /** What is there is a unit: a failure is met again by the next receive. */
  private void fill(Leases from, int max) {
    wasFull = false;
    try {
      request(from, max, Duration.ZERO);
    } catch (BrokerException e) {
      // As said.
    }
  }

  /** Waits for the answer; whether there is no use in asking again within this wait. */
  private boolean awaitAnswer(Leases from, Deadline end) throws BrokerException {
    try (Monitor inside = monitor.enter()) {
      boolean endsSoon = answer.left().compareTo(end.left().plus(A_MOMENT)) <= 0;
      boolean isAwaited = endsSoon && (intake == Prefetch.ON_DEMAND || !isAnswered);
      inside.await(
          isAwaited ? Deadline.after(end.left().plus(ANSWER)) : end,
          () -> isWoken || isClosed || !isAsking || from.hasWaiting());
      requireOpen();
      BrokerException failed = failure;
      failure = null;
      if (failed != null && !isWoken) {
        throw failed;
      }
      return isWoken || from.hasWaiting() || end.isOver();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void rest(Deadline end) throws BrokerException {
    try (Monitor inside = monitor.enter()) {
      inside.await(end, () -> isWoken || isClosed);
      requireOpen();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static BrokerException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new BrokerException("interrupted", e);
  }

  /** Takes what is there; whether there is room for more. */
  private boolean take(Leases from, List<Message> messages, int max) {
    long bytes = messages.stream().mapToLong(one -> ((SqsMessage) one).size()).sum();
    boolean mayTakeMore = messages.size() < max;
    SqsMessage next = mayTakeMore ? from.next() : null;
    while (next != null) {
      messages.add(next);
      bytes += next.size();
      mayTakeMore = hold(next.size()) && bytes < shared.unit() && messages.size() < max;
      next = mayTakeMore ? from.next() : null;
    }
    return mayTakeMore;
  }

  private boolean hold(long bytes) {
    return monitor.inside(
        () -> {
          if (isClosed) { // by another thread: nothing would release them
            return false;
          }
          held += bytes;
          return shared.inFlight().add(bytes);
        });
  }

  @Override
  public void wakeUp() {
    try (Monitor inside = monitor.enter()) {
      isWoken = true;
      inside.changed();
    }
  }

  @Override
  public void settled() {
    try (Monitor inside = monitor.enter()) {
      shared.inFlight().release(held);
      held = 0;
    }
  }

  @Override
  public void requireConsumer() throws BrokerException {
    Leases known = leases;
    if (known != null) {
      known.require();
    }
  }

  @Override
  public void whenLost(Consumer<BrokerException> action) {
    leases().whenLost(action);
  }

  @Override
  public void hold(Message message, Duration delay) {
    if (message instanceof SqsMessage own) {
      leases().hold(own, delay);
    }
  }

  /** Deletes what was handed out and is not held; returns when that is confirmed. */
  @Override
  public void commit() throws BrokerException {
    requireOpen();
    leases().delete();
  }

  @Override
  public void rollback() throws BrokerException {
    requireOpen();
    leases().giveBack();
  }

  @Override
  public void close() {
    try (Monitor inside = monitor.enter()) {
      isClosed = true;
      inside.changed();
    }
    settled();
    Leases known = leases;
    if (known != null) {
      shared.keeper().remove(known);
      known.giveBack();
    }
  }

  /** No call of the session's thread holds up what was received: its leases end. */
  @Override
  public void abandon() {
    close();
  }

  @Override
  public NamedXaResource xaResource() {
    throw new UnsupportedOperationException("no branches");
  }

  @Override
  public boolean setBranchTimeout(Duration timeout) {
    throw new UnsupportedOperationException("no branches");
  }

  @Override
  public List<Message> browse(String queue, int max) {
    throw new UnsupportedOperationException("no look without a receive");
  }

  @Override
  public void unsubscribe(String subscription) {
    throw new UnsupportedOperationException("no subscriptions");
  }

  @Override
  public void send(String queue, String body, Map<String, Object> headers) {
    throw new UnsupportedOperationException("takes no messages");
  }

  @Override
  public void send(String queue, MessageCopy copy) {
    throw new UnsupportedOperationException("takes no messages");
  }

  @Override
  public boolean takes(String queue, MessageCopy copy) {
    throw new UnsupportedOperationException("takes no messages");
  }

  @Override
  public void requireKept(String queue) throws BrokerException {
    throw new TargetRefusedException(
        queue, "a queue of the source of this unit, which takes no messages here");
  }

  @Override
  public SendAcceptance commitOnce(String id) {
    throw new UnsupportedOperationException("takes no messages");
  }
}

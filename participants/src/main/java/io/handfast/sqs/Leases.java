package io.handfast.sqs;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.message.BrokerException;
import io.handfast.sqs.SqsCalls.Failed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a session has received, those that it was not asked for yet among them, and how
 * long each is its own. Thread-safe.
 *
 * <p>Requests are made outside of the monitor. While one extends leases, the unit does not end:
 * what is given back must not be hidden by an extension that comes late.
 */
final class Leases {

  /** How often what SQS did not delete, for a reason of its own, is tried in all. */
  private static final int DELETIONS = 3;

  /** The longest that SQS leases a message, from its receive on. */
  static final Duration LONGEST = Duration.ofHours(12);

  /** Longer than the request that extends them. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** A message, and the end of its lease. */
  private static final class Leased {

    private final SqsMessage message;
    private Deadline end;
    private boolean isOut;
    private @Nullable Duration delay;

    private Leased(SqsMessage message, Deadline end) {
      this.message = message;
      this.end = end;
    }

    private String receipt() {
      return message.receipt();
    }
  }

  private final SqsCalls calls;
  private final SqsQueue queue;
  private final Duration time;
  private final Monitor monitor = new Monitor();
  private final Map<String, Leased> all = new LinkedHashMap<>();
  private boolean isExtending;
  private @Nullable String lost;
  private @Nullable Consumer<BrokerException> whenLost;

  Leases(SqsCalls calls, SqsQueue queue, Duration time) {
    this.calls = calls;
    this.queue = queue;
    this.time = time;
  }

  SqsQueue queue() {
    return queue;
  }

  /** How long a lease is. */
  Duration time() {
    return time;
  }

  /** Messages have come. */
  void add(List<SqsMessage> messages, Deadline end) {
    try (Monitor held = monitor.enter()) {
      messages.forEach(message -> all.put(message.receipt(), new Leased(message, end)));
    }
  }

  /** Whether there are messages that the session was not asked for yet. */
  boolean hasWaiting() {
    return monitor.inside(() -> all.values().stream().anyMatch(one -> !one.isOut));
  }

  /** Hands the next message out; null where none waits. */
  @Nullable SqsMessage next() {
    return monitor.inside(
        () -> {
          Leased next = all.values().stream().filter(one -> !one.isOut).findFirst().orElse(null);
          if (next == null) {
            return null;
          }
          next.isOut = true;
          return next.message;
        });
  }

  /** Keeps a message from being deleted: it comes again after a delay. */
  void hold(SqsMessage message, Duration delay) {
    try (Monitor held = monitor.enter()) {
      Leased known = all.get(message.receipt());
      if (known != null) {
        known.delay = delay.compareTo(LONGEST) < 0 ? delay : LONGEST.minus(time);
      }
    }
  }

  /** Has something done as soon as a lease has ended, with the reason. */
  void whenLost(Consumer<BrokerException> action) {
    try (Monitor held = monitor.enter()) {
      whenLost = action;
    }
  }

  /**
   * Sees that all is the session's.
   *
   * @throws BrokerException a lease has ended
   */
  void require() throws BrokerException {
    loseWhatIsOver();
    String reason = monitor.inside(() -> lost);
    if (reason != null) {
      throw new BrokerException(reason);
    }
  }

  private void loseWhatIsOver() {
    boolean isOver =
        monitor.inside(
            () -> lost == null && all.values().stream().anyMatch(one -> one.end.isOver()));
    if (isOver) {
      lose(SqsFailures.leaseEnded(queue.name()));
    }
  }

  private void lose(String reason) {
    Consumer<BrokerException> told;
    try (Monitor held = monitor.enter()) {
      told = lost == null ? whenLost : null;
      lost = lost == null ? reason : lost;
    }
    if (told != null) {
      told.accept(new BrokerException(reason));
    }
  }

  /** Whether a lease is half over, or ended, and this was not seen yet. */
  boolean isDue() {
    return monitor.inside(() -> !isExtending && lost == null && !due().isEmpty());
  }

  /** Those that are half over; the caller is inside. */
  private List<String> due() {
    Duration half = time.dividedBy(2);
    return all.values().stream()
        .filter(one -> one.end.left().compareTo(half) <= 0)
        .map(Leased::receipt)
        .toList();
  }

  /** Extends the leases of which half is over. */
  void extend() {
    loseWhatIsOver();
    List<String> due;
    try (Monitor held = monitor.enter()) {
      due = isExtending || lost != null ? List.of() : due();
      isExtending |= !due.isEmpty();
    }
    if (due.isEmpty()) {
      return;
    }
    try {
      for (List<String> receipts : inBatches(due)) {
        extend(receipts);
      }
    } catch (BrokerException e) {
      // Tried again soon; where that goes on, the leases end, which is told.
    } finally {
      try (Monitor held = monitor.enter()) {
        isExtending = false;
        held.changed();
      }
    }
  }

  private void extend(List<String> receipts) throws BrokerException {
    Deadline end = Deadline.after(time);
    List<Failed> failed = calls.lease(queue, receipts, Collections.nCopies(receipts.size(), time));
    List<String> failedReceipts = failed.stream().map(Failed::receipt).toList();
    try (Monitor held = monitor.enter()) {
      for (String receipt : receipts) {
        Leased known = all.get(receipt);
        if (known != null && !failedReceipts.contains(receipt)) {
          known.end = end;
        }
      }
    }
    if (failed.stream().anyMatch(Failed::isEnded)) {
      lose(SqsFailures.leaseEnded(queue.name()));
    }
  }

  /**
   * Deletes what was handed out, and gives back what is held.
   *
   * @throws BrokerException a lease has ended, or a deletion is not confirmed: what was not deleted
   *     stays the session's until it is given back
   */
  void delete() throws BrokerException {
    require();
    awaitExtension();
    List<Leased> taken = take(false);
    List<Leased> left = new ArrayList<>(taken);
    left.removeIf(one -> one.delay != null);
    List<Leased> kept = new ArrayList<>(taken);
    kept.removeAll(left);
    String reason = "";
    boolean isDone = false;
    try {
      require(); // a failed extension may have told otherwise meanwhile
      for (int i = 0; i < DELETIONS && !left.isEmpty(); i++) {
        reason = deleteOnce(left);
      }
      isDone = left.isEmpty();
    } finally {
      if (!isDone) {
        left.addAll(kept);
        putBack(left);
      }
    }
    if (!isDone) {
      throw new BrokerException(
          "messages of queue %s were not deleted, and come again: %s"
              .formatted(queue.name(), reason));
    }
    if (taken.stream().anyMatch(one -> one.end.isOver())) { // another may have had them, too
      lose(SqsFailures.leaseEnded(queue.name()));
    }
    makeVisible(kept);
  }

  private void putBack(List<Leased> messages) {
    try (Monitor held = monitor.enter()) {
      messages.forEach(one -> all.put(one.receipt(), one));
    }
  }

  /** Takes out what was deleted; returns why something was not. */
  private String deleteOnce(List<Leased> left) throws BrokerException {
    String reason = "";
    for (List<String> receipts : inBatches(left.stream().map(Leased::receipt).toList())) {
      List<Failed> failed = calls.delete(queue, receipts);
      List<String> failedReceipts = failed.stream().map(Failed::receipt).toList();
      left.removeIf(
          one -> receipts.contains(one.receipt()) && !failedReceipts.contains(one.receipt()));
      reason = failed.isEmpty() ? reason : failed.get(0).reason();
    }
    return reason;
  }

  /** Gives all back, held ones with their delay; without a word where that fails. */
  void giveBack() {
    awaitExtension();
    boolean isLost = monitor.inside(() -> lost != null);
    List<Leased> taken = take(true);
    if (!isLost) { // else an old receipt may hide what another has by now
      makeVisible(taken);
    }
    try (Monitor held = monitor.enter()) {
      lost = null;
    }
  }

  /** Gives back what was not handed out; without a word where that fails. */
  void giveBackWaiting() {
    if (!hasWaiting()) {
      return;
    }
    awaitExtension();
    makeVisible(
        monitor.inside(
            () -> {
              List<Leased> waiting = all.values().stream().filter(one -> !one.isOut).toList();
              waiting.forEach(one -> all.remove(one.receipt()));
              return waiting;
            }));
  }

  private void awaitExtension() {
    try (Monitor held = monitor.enter()) {
      held.await(Deadline.after(PATIENCE), () -> !isExtending);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Takes messages of a unit out. Where some are held, so is what waits behind them: it must not
   * come before them.
   */
  private List<Leased> take(boolean isAll) {
    return monitor.inside(
        () -> {
          boolean takesWaiting = isAll || all.values().stream().anyMatch(one -> one.delay != null);
          List<Leased> taken = new ArrayList<>();
          for (Leased one : List.copyOf(all.values())) {
            if (one.isOut || takesWaiting) {
              one.delay = one.isOut || isAll ? one.delay : Duration.ZERO;
              taken.add(one);
              all.remove(one.receipt());
            }
          }
          return taken;
        });
  }

  /** The last ones first: where the first ones of a group come again, all behind them are there. */
  private void makeVisible(Collection<Leased> messages) {
    List<Leased> reversed = new ArrayList<>(messages);
    Collections.reverse(reversed);
    try {
      for (int i = 0; i < reversed.size(); i += SqsCalls.BATCH) {
        List<Leased> some = reversed.subList(i, Math.min(reversed.size(), i + SqsCalls.BATCH));
        calls.lease(
            queue,
            some.stream().map(Leased::receipt).toList(),
            some.stream().map(one -> one.delay == null ? Duration.ZERO : one.delay).toList());
      }
    } catch (BrokerException e) {
      // They come again by themselves, when their leases end.
    }
  }

  private static List<List<String>> inBatches(List<String> receipts) {
    List<List<String>> batches = new ArrayList<>();
    for (int i = 0; i < receipts.size(); i += SqsCalls.BATCH) {
      batches.add(List.copyOf(receipts.subList(i, Math.min(receipts.size(), i + SqsCalls.BATCH))));
    }
    return batches;
  }
}
